// The four states of a panel besides "there it is": loading, empty, error, stale.
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { ApiError } from '../api/client';
import type { Problem } from '../api/types';
import { useT } from '../i18n';
import { Command } from './bits';
import { Button } from './button';

/** Nothing for 150 ms, then lines where the answer will stand. */
export function Skeleton({ lines = 4, height }: { lines?: number; height?: number }): ReactNode {
  const t = useT();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div className="skeleton" role="status" style={height ? { height } : undefined}>
      <span className="sr">{t('frame.loading')}</span>
      {Array.from({ length: lines }, (_, i) => (
        <i key={i} className={`skeleton-${i % 3}`} />
      ))}
    </div>
  );
}

/** Why nothing is here, and the command that fills it. */
export function Empty({ title, why, command, children }: { title: string; why?: string; command?: string; children?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {why && <p>{why}</p>}
      {command && <Command>{command}</Command>}
      {children}
    </div>
  );
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  const detail = error instanceof Error ? error.message : String(error);
  return { type: 'urn:assay:error:internal', title: 'internal', status: 500, detail, code: 'internal' };
}

interface ErrorProps {
  problem: Problem;
  onRetry?: (() => void) | undefined;
  title?: string;
  /** `warn`: it did not go wrong, somebody stopped it */
  tone?: 'bad' | 'warn';
}

/** Cause, code, what to do, and trying again. */
export function ErrorPanel({ problem, onRetry, title, tone = 'bad' }: ErrorProps): ReactNode {
  const t = useT();
  const known = `frame.error_${problem.code.replaceAll('-', '_')}`;
  const detail = problem.status === 0 ? t('frame.error_unreachable') : problem.detail;
  return (
    <div className={`error error-${tone}`} role="alert">
      <h2>
        <span aria-hidden="true">{tone === 'bad' ? '✕ ' : '■ '}</span>
        {title ?? (t.has(known) ? t(known) : problem.title)}
      </h2>
      <p dir="auto">{detail}</p>
      <dl className="facts">
        {problem.where && (
          <div>
            <dt>{t('frame.where')}</dt>
            <dd><code dir="auto">{problem.where}</code></dd>
          </div>
        )}
        {problem.fix && (
          <div>
            <dt>{t('frame.fix')}</dt>
            <dd dir="auto">{problem.fix}</dd>
          </div>
        )}
        <div>
          <dt>{t('frame.code')}</dt>
          <dd><code>{problem.code}</code></dd>
        </div>
      </dl>
      {onRetry && <Button icon="again" onClick={onRetry}>{t('frame.try_again')}</Button>}
    </div>
  );
}

/** The amber corner of figures that a newer input has overtaken. */
export function Stale({ children }: { children?: ReactNode }): ReactNode {
  const t = useT();
  return (
    <p className="stale" role="note">
      <span aria-hidden="true">◤ </span>
      {children ?? t('frame.stale')}
    </p>
  );
}

interface AwaitProps<T> {
  of: UseQueryResult<T, Error>;
  lines?: number;
  /** shown instead of the children when it says there is nothing */
  empty?: (data: T) => ReactNode;
  children: (data: T) => ReactNode;
}

/** Draws a read: skeleton, error with retry (what was read before stays, dimmed, below it), empty or the thing itself. */
export function Await<T>({ of, lines, empty, children }: AwaitProps<T>): ReactNode {
  if (of.isPending) return <Skeleton lines={lines ?? 6} />;
  const retry = (): void => void of.refetch();
  if (of.data === undefined) return <ErrorPanel problem={problemOf(of.error)} onRetry={retry} />;
  const nothing = empty?.(of.data);
  const body = nothing ?? children(of.data);
  if (of.isError && !(of.error instanceof ApiError && of.error.status === 0)) {
    return (
      <>
        <ErrorPanel problem={problemOf(of.error)} onRetry={retry} />
        <div className="dimmed">{body}</div>
      </>
    );
  }
  return <>{body}</>;
}
