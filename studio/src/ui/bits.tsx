// Small things that stand in lines of text: chips, digests, moments, copying.
import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'wouter';
import { useWorkspace } from '../api/hooks';
import { useT } from '../i18n';
import { formatAgo, formatBytes, formatMoment, formatSeconds } from '../i18n/time';
import { Button } from './button';
import { say } from './toast';

export function Chip({ tone = 'mute', children, title }: { tone?: 'mute' | 'ok' | 'warn' | 'bad' | 'gold'; children: ReactNode; title?: string }): ReactNode {
  return (
    <span className={`chip tone-${tone}`} title={title}>
      {children}
    </span>
  );
}

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // no permission, or not a secure context
  }
}

/** Copies `text`; `what` names it for people who do not see the icon. */
export function CopyButton({ text, what }: { text: string; what: string }): ReactNode {
  const t = useT();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async (): Promise<void> => {
    const copied = await copyText(text);
    setDone(copied);
    say(copied ? t('frame.copied', { what }) : t('frame.copy_failed'));
  };
  return <Button kind="quiet" icon={done ? 'check' : 'copy'} aria-label={t('frame.copy', { what })} title={t('frame.copy', { what })} onClick={() => void copy()} />;
}

/** First 12 hex digits of a digest; the whole in the tooltip and in the clipboard. `link` leads to the evidence. */
export function Digest({ value, link = false }: { value: string; link?: boolean }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const short = value.replace(/^(sha256|tree):/, '').slice(0, 12);
  return (
    <span className="digest">
      {link ? (
        <Link href={`/w/${encodeURIComponent(workspace)}/evidence/${encodeURIComponent(value)}`} title={value}>
          <code>{short}</code>
        </Link>
      ) : (
        <code title={value}>{short}</code>
      )}
      <CopyButton text={value} what={t('frame.digest')} />
    </span>
  );
}

/** A command that can be copied. */
export function Command({ children }: { children: string }): ReactNode {
  const t = useT();
  return (
    <span className="command">
      <code>{children}</code>
      <CopyButton text={children} what={t('frame.command')} />
    </span>
  );
}

let clock = Date.now();
const ticking = new Set<(now: number) => void>();
let ticker: ReturnType<typeof setInterval> | null = null;

/** The time now, renewed every 15 s, one timer for all. */
export function useNow(): number {
  const [now, setNow] = useState(() => Math.max(clock, Date.now()));
  useEffect(() => {
    ticking.add(setNow);
    ticker ??= setInterval(() => {
      clock = Date.now();
      for (const listener of ticking) listener(clock);
    }, 15_000);
    return () => {
      ticking.delete(setNow);
      if (ticking.size === 0 && ticker !== null) {
        clearInterval(ticker);
        ticker = null;
      }
    };
  }, []);
  return now;
}

/** "3 minutes ago", with the full moment in the tooltip; `full` writes the moment out. */
export function Time({ at, full = false }: { at: string | null | undefined; full?: boolean }): ReactNode {
  const { language } = useT();
  const now = useNow();
  if (!at) return <span>{'\u2014'}</span>;
  const moment = formatMoment(at, language);
  return (
    <time dateTime={at} title={moment || at}>
      {full ? moment || at : formatAgo(at, language, now) || at}
    </time>
  );
}

export function Duration({ seconds }: { seconds: number | null | undefined }): ReactNode {
  const { language } = useT();
  return <span>{formatSeconds(seconds, language)}</span>;
}

export function Bytes({ count }: { count: number }): ReactNode {
  const { language } = useT();
  return <span>{formatBytes(count, language)}</span>;
}
