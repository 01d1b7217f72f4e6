import { type ReactNode, useId, useState } from 'react';
import { useT } from '../../i18n';
import { formulaOf, metricName } from './metrics';

/** The `?` beside a word of the trade: one sentence and the formula, opened and closed by the same button. */
export function Explain({ metric }: { metric: string }): ReactNode {
  const t = useT();
  const [open, setOpen] = useState(false);
  const id = useId();
  const key = `fairness.about_${metric}`;
  const formula = formulaOf(metric);
  if (!t.has(key) && !formula) return null;
  return (
    <>
      <button
        type="button"
        className="explain-button"
        aria-expanded={open}
        aria-controls={id}
        aria-label={t('fairness.explain', { metric: metricName(t, metric) })}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setOpen(false);
        }}
      >
        ?
      </button>
      <p id={id} hidden={!open} className="explain-text">
        {t.has(key) && t(key)} {formula && <code>{formula}</code>}
      </p>
    </>
  );
}
