import { type ReactNode, useEffect, useState } from 'react';
import { connection, useConnection } from '../api/connection';
import { useT } from '../i18n';
import { Time } from '../ui/bits';
import { Button } from '../ui/button';

/** The server fell silent: what is on screen stays, with the time it was true, and the server is asked again. */
export function Banner(): ReactNode {
  const t = useT();
  const { link, since, retry } = useConnection();
  const [now, setNow] = useState(Date.now());
  const lost = link === 'lost';
  useEffect(() => {
    if (!lost) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [lost]);
  useEffect(() => {
    document.documentElement.toggleAttribute('data-lost', lost);
  }, [lost]);
  if (!lost) return null;
  const seconds = Math.max(0, Math.ceil(((retry ?? now) - now) / 1000));
  return (
    <div className="banner" role="alert">
      <p>
        <strong>{t('frame.lost')}</strong> {since !== null && t.rich('frame.lost_since', { time: <Time key="t" at={new Date(since).toISOString()} full /> })}
      </p>
      <span aria-hidden="true">{t('frame.lost_retry', { seconds })}</span>
      <Button icon="again" onClick={() => connection.retryNow()}>{t('frame.reconnect')}</Button>
    </div>
  );
}
