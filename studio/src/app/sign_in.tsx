import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { forget, whoAmI } from '../api/client';
import { useT } from '../i18n';
import { Command } from '../ui/bits';
import { Button } from '../ui/button';

/** The token in what was pasted: the printed address or the token alone. */
export function tokenIn(text: string): string | null {
  const given = text.trim();
  const asked = /[?&]token=([^&#\s]+)/.exec(given)?.[1];
  if (asked) return decodeURIComponent(asked);
  return /^[A-Za-z0-9_-]{8,}$/.test(given) ? given : null;
}

/** Nobody is signed in: the address stays, so that signing in leads back to this very view. */
export function SignIn(): ReactNode {
  const t = useT();
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    document.title = `${t('frame.sign_in')} · Assay`;
    client.clear();
    forget();
  }, [client, t]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const token = tokenIn(text);
    setWrong(token === null);
    if (!token) return;
    const url = new URL(location.href);
    url.searchParams.set('token', token);
    location.assign(url);
  };
  return (
    <div className="sign-in">
      <div className="head">
        <h1>{t('frame.sign_in')}</h1>
      </div>
      <p>{t('frame.sign_in_why')}</p>
      <Command>assay studio</Command>
      <form onSubmit={submit}>
        <label htmlFor="token">{t('frame.token')}</label>
        <div className="field-row">
          <input id="token" className="field" type="password" autoComplete="current-password" value={text} aria-invalid={wrong} aria-describedby={wrong ? 'token-wrong' : undefined} onChange={(event) => setText(event.target.value)} />
          <Button type="submit" kind="primary">{t('frame.sign_in')}</Button>
        </div>
        {wrong && <p id="token-wrong" className="tone-bad" role="alert">{t('frame.token_wrong')}</p>}
      </form>
      <p className="note">{t('frame.sign_in_note')}</p>
      <Button icon="again" onClick={() => void whoAmI().catch(() => {})}>{t('frame.try_again')}</Button>
    </div>
  );
}
