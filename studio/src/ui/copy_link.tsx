import type { ReactNode } from 'react';
import { useT } from '../i18n';
import { drawnTheme } from '../state/preferences';
import { copyText } from './bits';
import { Button } from './button';
import { say } from './toast';

/** The address of exactly this view: path, filters, language and theme. */
export function viewLink(language: string): string {
  const url = new URL(location.href);
  url.searchParams.set('lang', language);
  url.searchParams.set('theme', drawnTheme());
  url.searchParams.delete('token');
  return url.href;
}

export function CopyLink(): ReactNode {
  const t = useT();
  const copy = async (): Promise<void> => {
    say((await copyText(viewLink(t.language))) ? t('frame.link_copied') : t('frame.copy_failed'));
  };
  return (
    <Button icon="link" onClick={() => void copy()}>
      {t('frame.copy_link')}
    </Button>
  );
}
