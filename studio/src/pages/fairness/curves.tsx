import type { ReactNode } from 'react';
import type { FairnessView } from '../../api/types';
import { ReliabilityChart } from '../../charts/reliability_chart';
import { RocChart } from '../../charts/roc_chart';
import { useT } from '../../i18n';
import { sameSlice, sliceName } from './slices';

/** ROC and reliability per group; groups without a curve are named with the class that they lack. */
export function Curves({ view }: { view: FairnessView }): ReactNode {
  const t = useT();
  // A group keeps the colour and shape that it has in the other charts; the curve of all rows together is no group.
  const groups = view.curves.flatMap((curve) => {
    const series = view.slices.findIndex((slice) => sameSlice(slice.slice, curve.slice));
    return series >= 0 && series < 6 ? [{ label: sliceName(curve.slice), series, curve }] : [];
  });
  const roc = groups
    .filter(({ curve }) => curve.roc.length > 1)
    .map(({ label, series, curve }) => ({ label, series, points: curve.roc }));
  const reliability = groups
    .filter(({ curve }) => curve.reliability.length > 0)
    .map(({ label, series, curve }) => ({ label, series, bins: curve.reliability }));
  const oneClass = view.slices.flatMap(({ slice, confusion }) => {
    if (!confusion) return [];
    const positive = confusion.true_positive + confusion.false_negative;
    const negative = confusion.false_positive + confusion.true_negative;
    if (positive > 0 && negative > 0) return [];
    return [
      t(positive === 0 ? 'fairness.no_positive_rows' : 'fairness.no_negative_rows', {
        group: sliceName(slice),
        positive: view.positive,
      }),
    ];
  });
  return (
    <>
      {oneClass.map((words) => (
        <p key={words} className="fair-note">
          {words}
        </p>
      ))}
      {roc.length === 0 && reliability.length === 0 && <p className="fair-note">{t('fairness.no_curves')}</p>}
      <div className="fair-curves">
        {roc.length > 0 && (
          <RocChart
            title={t('fairness.roc')}
            heading={3}
            groups={roc}
            threshold={view.threshold}
            origin={view.provenance}
          />
        )}
        {reliability.length > 0 && (
          <ReliabilityChart
            title={t('fairness.reliability')}
            heading={3}
            groups={reliability}
            minimum={view.min_n}
            level={view.level}
            origin={view.provenance}
          />
        )}
      </div>
      {view.slices.length > 6 && <p className="fair-note">{t('fairness.first_six')}</p>}
    </>
  );
}
