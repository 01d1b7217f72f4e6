import { type ReactNode, useState } from 'react';
import type { FairnessView } from '../../api/types';
import { asNumber } from '../../charts/format';
import { IntervalChart } from '../../charts/interval_chart';
import { Matrix } from '../../charts/matrix';
import { useT } from '../../i18n';
import { Explain } from './explain';
import { isFavorable, isUsual, metricName, metricsOf, unitOf } from './metrics';
import { figureOf, intervalRows } from './slices';

interface Props {
  view: FairnessView;
  chosen: readonly string[];
  onChoose: (names: string[]) => void;
}

/** Which metrics are drawn: a button each, pressed when shown. */
export function MetricPicker({ view, chosen, onChoose }: Props): ReactNode {
  const t = useT();
  const toggle = (name: string): void => {
    onChoose(chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name]);
  };
  const [all, setAll] = useState(false);
  const names = metricsOf(view.slices);
  const first = names.filter((name) => isUsual(name) || chosen.includes(name));
  const rest = names.length - first.length;
  return (
    <div className="fair-picker" role="group" aria-label={t('fairness.metrics_shown')}>
      {(all ? names : first).map((name) => (
        <button
          key={name}
          type="button"
          className="fair-choice"
          aria-pressed={chosen.includes(name)}
          onClick={() => toggle(name)}
        >
          {metricName(t, name)}
        </button>
      ))}
      {rest > 0 && (
        <button type="button" className="fair-choice fair-more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('fairness.fewer_metrics') : t('fairness.more_metrics', { count: rest })}
        </button>
      )}
    </div>
  );
}

function MetricChart({ view, name }: { view: FairnessView; name: string }): ReactNode {
  const t = useT();
  const figure = view.slices.map((slice) => figureOf(slice, name)).find(Boolean);
  const [rowName, columnName] = view.group;
  const unit = unitOf(figure ?? { name });
  const note = <Explain metric={name} />;
  if (rowName !== undefined && columnName !== undefined && view.group.length === 2) {
    const cells = view.slices.map((slice) => {
      const own = figureOf(slice, name);
      return {
        row: slice.slice[rowName] ?? '\u2205',
        column: slice.slice[columnName] ?? '\u2205',
        n: own?.n ?? 0,
        value: asNumber(own?.value),
        low: asNumber(own?.low),
        high: asNumber(own?.high),
      };
    });
    return (
      <Matrix
        title={metricName(t, name)}
        heading={3}
        note={note}
        {...{ rowName, columnName, cells, unit }}
        minimum={view.min_n}
        level={view.level}
        origin={view.provenance}
      />
    );
  }
  return (
    <IntervalChart
      title={metricName(t, name)}
      heading={3}
      note={note}
      unit={unit}
      rows={intervalRows(view.slices, name)}
      level={view.level}
      better={figure?.better}
      origin={view.provenance}
    />
  );
}

/** Interval charts per metric: positive coding and favorable coding stand apart, each under the value that it counts. */
export function MetricCharts({ view, chosen, onChoose }: Props): ReactNode {
  const t = useT();
  const shown = metricsOf(view.slices).filter((name) => chosen.includes(name));
  const positive = shown.filter((name) => !isFavorable(name));
  const favorable = shown.filter(isFavorable);
  return (
    <>
      <MetricPicker {...{ view, chosen, onChoose }} />
      {shown.length === 0 && <p className="fair-note">{t('fairness.choose_metric')}</p>}
      {positive.length > 0 && (
        <section aria-label={t('fairness.coding_positive', { value: view.positive })}>
          <h2 className="fair-coding">{t('fairness.coding_positive', { value: view.positive })}</h2>
          {positive.map((name) => (
            <MetricChart key={name} {...{ view, name }} />
          ))}
        </section>
      )}
      {favorable.length > 0 && (
        <section aria-label={t('fairness.coding_favorable', { value: view.favorable })}>
          <h2 className="fair-coding fair-coding-favorable">
            {t('fairness.coding_favorable', { value: view.favorable })}
          </h2>
          {favorable.map((name) => (
            <MetricChart key={name} {...{ view, name }} />
          ))}
        </section>
      )}
    </>
  );
}
