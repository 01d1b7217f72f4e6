// The log of a run: what was written so far, then every line as it comes; follows until somebody scrolls up.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { get } from '../../api/client';
import { apiPath, segments, useEvents, useWorkspace } from '../../api/hooks';
import type { LogLine, Page, RunView } from '../../api/types';
import { useT } from '../../i18n';
import { CopyButton } from '../../ui/bits';
import { Button } from '../../ui/button';
import { Section } from '../../ui/page';
import { ongoing } from '../../ui/state_mark';
import { withLines } from './live';

export function Log({ run }: { run: RunView }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const [lines, setLines] = useState<LogLine[]>([]);
  const [follow, setFollow] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const path = apiPath(workspace, `runs/${segments(run.run)}/log?limit=1000`);
  // Read again when the state changes: the end may have come while no stream was open.
  useEffect(() => {
    const abort = new AbortController();
    get<Page<LogLine>>(path, abort.signal).then(
      (page) => setLines((old) => withLines(old, page.items)),
      () => {}, // a run of the command line has no log; the page says so
    );
    return () => abort.abort();
  }, [path, run.state]);
  useEvents(ongoing(run.state) ? `run:${run.run}` : '', ({ event, data }) => {
    if (event === 'log') setLines((old) => withLines(old, [data as LogLine]));
  });
  useEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, follow]);
  const onScroll = (): void => {
    const element = box.current;
    if (element) setFollow(element.scrollHeight - element.scrollTop - element.clientHeight < 24);
  };
  if (lines.length === 0) return null;
  return (
    <Section
      title={t('runs.log')}
      note={t('runs.lines', { count: lines.length })}
      actions={
        <>
          {!follow && <Button icon="down" onClick={() => setFollow(true)}>{t('runs.follow')}</Button>}
          <CopyButton text={lines.map((line) => line.text).join('\n')} what={t('runs.log')} />
        </>
      }
    >
      <div ref={box} className="log" role="log" aria-label={t('runs.log')} tabIndex={0} onScroll={onScroll}>
        {lines.map((line) => (
          <div key={line.seq} className={`log-line log-${line.level}`} dir="auto">
            {line.text}
          </div>
        ))}
      </div>
    </Section>
  );
}
