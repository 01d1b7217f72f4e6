// JSON as a tree of native <details>: opens two levels, draws what is opened, links digests to their evidence.
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { useWorkspace } from '../api/hooks';
import { useT } from '../i18n';
import { href } from '../state/href';
import { Button } from './button';

const STEP = 100;

export function JsonView({ value, open = 2 }: { value: unknown; open?: number }): ReactNode {
  return (
    <div className="json">
      <Value value={value} open={open} />
    </div>
  );
}

function Value({ value, open }: { value: unknown; open: number }): ReactNode {
  const workspace = useWorkspace();
  if (value === null) return <code className="json-null">null</code>;
  if (typeof value === 'string') {
    if (/^sha256:[0-9a-f]{64}$/.test(value)) {
      return <Link href={href(workspace, 'evidence', value)}><code>{value}</code></Link>;
    }
    return <code className="json-text" dir="auto">{JSON.stringify(value)}</code>;
  }
  if (typeof value !== 'object') return <code className="json-number">{String(value)}</code>;
  return <Branch value={value} open={open} />;
}

function Branch({ value, open }: { value: object; open: number }): ReactNode {
  const t = useT();
  const [shown, setShown] = useState(open > 0);
  const [most, setMost] = useState(STEP);
  const list = Array.isArray(value);
  const entries = list ? value.map((each, i) => [String(i), each] as const) : Object.entries(value);
  if (entries.length === 0) return <code className="json-null">{list ? '[]' : '{}'}</code>;
  return (
    <details open={shown} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>{list ? t('frame.json_list', { count: entries.length }) : t('frame.json_object', { count: entries.length })}</summary>
      {shown && (
        <ul>
          {entries.slice(0, most).map(([key, each]) => (
            <li key={key}>
              <code className="json-key" dir="auto">{key}</code> <Value value={each} open={open - 1} />
            </li>
          ))}
          {entries.length > most && <li><Button kind="quiet" onClick={() => setMost(most + 1000)}>{t('frame.and_more', { count: entries.length - most })}</Button></li>}
        </ul>
      )}
    </details>
  );
}
