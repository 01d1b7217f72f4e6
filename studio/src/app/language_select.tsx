import type { ReactNode } from 'react';
import { type Language, keepLanguage, languageNames, languages, setLanguage, useT } from '../i18n';
import { say } from '../ui/toast';

export function LanguageSelect(): ReactNode {
  const t = useT();
  const choose = (language: Language): void => {
    keepLanguage(language);
    setLanguage(language).then(
      () => {
        // An address that names a language keeps naming the one that is shown.
        const url = new URL(location.href);
        if (!url.searchParams.has('lang')) return;
        url.searchParams.set('lang', language);
        history.replaceState(history.state, '', url);
      },
      () => say(t('frame.error_unreachable')),
    );
  };
  return (
    <select className="control" aria-label={t('frame.language')} value={t.language} onChange={(event) => choose(event.target.value as Language)}>
      {languages.map((language) => (
        <option key={language} value={language} lang={language}>{languageNames[language]}</option>
      ))}
    </select>
  );
}
