// One gap in one glance: figure, interval, the interval drawn against its limit, the decision, what would decide it.
import type { ReactNode } from 'react';
import { type Unit, formatFixed, formatLevel, formatPoints } from './format';
import { extent, linear } from './scale';
import { type ShownState, StatePill } from './state_pill';
import type { Comparison } from './stats';
import { useChartText } from './text';
import { useWidth } from './use_width';

export interface GapTileProps {
  label: string;
  /** difference of rates (points) or ratio of rates */
  unit: Extract<Unit, 'ratio'> | 'points';
  value: number | null;
  low: number | null;
  high: number | null;
  level: number;
  state: ShownState;
  limit: number | null;
  comparison: Comparison | 'within';
  why?: string;
  /** stands beside the label */
  help?: ReactNode;
  children?: ReactNode;
}

const SPACE = '\u00a0';

export function gapText(value: number | null, unit: GapTileProps['unit'], locale: string, bare = false): string {
  if (unit === 'ratio') return formatFixed(value, locale, 2);
  const points = formatPoints(value, locale);
  return bare || value === null ? points : `${points}${SPACE}pp`;
}

export function GapTile(props: GapTileProps): ReactNode {
  const { label, unit, value, low, high, level, state, limit, comparison, why } = props;
  const { t, locale } = useChartText();
  const say = (x: number | null): string => gapText(x, unit, locale);
  const percent = formatLevel(level, locale);
  const limitWords = limit === null ? '' : say(limit);
  return (
    <section className="chart-tile" aria-label={label}>
      <div className="chart-tile-head">
        <h2 className="chart-tile-label">{label}</h2>
        {props.help}
      </div>
      <p className="chart-tile-figure">{value === null ? t('charts.no_figure') : say(value)}</p>
      <p className="chart-tile-interval">
        {low === null || high === null
          ? (why ?? t('charts.no_interval'))
          : t('charts.interval', {
              level: percent,
              low: gapText(low, unit, locale, true),
              high: gapText(high, unit, locale, true),
            })}
      </p>
      <GapBand {...{ value, low, high, limit, comparison, state }} />
      <StatePill
        state={state}
        words={t(`charts.tile_${state}`, { limit: limitWords, side: comparison.startsWith('>') ? 'least' : 'most' })}
      />
      {props.children}
    </section>
  );
}

type BandProps = Pick<GapTileProps, 'value' | 'low' | 'high' | 'limit' | 'comparison' | 'state'>;

/** The interval on a line; the allowed side of the limit is a pale field. The words beside it say the same. */
function GapBand({ value, low, high, limit, comparison, state }: BandProps): ReactNode {
  const [box, width] = useWidth<HTMLDivElement>();
  const neutral = comparison.startsWith('>') || (limit !== null && limit > 0.5 && comparison !== 'within') ? 1 : 0;
  const mirrored = comparison === 'within' && limit !== null ? -limit : null;
  const [from, to] = extent([value, low, high, limit, mirrored, neutral], [0, 1]);
  const pad = (to - from || 1) * 0.06;
  const scale = linear([from - pad, to + pad], [2, Math.max(3, width - 2)]);
  const [left, right] = scale.range;
  const at = limit === null ? 0 : scale(limit);
  const field =
    limit === null
      ? null
      : comparison === 'within'
        ? ([scale(-limit), at] as const)
        : comparison.startsWith('<')
          ? ([left, at] as const)
          : ([at, right] as const);
  return (
    <div ref={box} className="chart-tile-band" aria-hidden="true">
      {width > 0 && (
        <svg width={width} height={26} viewBox={`0 0 ${width} 26`}>
          {field && (
            <rect x={field[0]} y={3} width={Math.max(0, field[1] - field[0])} height={20} className="chart-allowed" />
          )}
          <line x1={left} x2={right} y1={13} y2={13} className="chart-grid" />
          <line x1={scale(neutral)} x2={scale(neutral)} y1={6} y2={20} className="chart-zero" />
          {limit !== null && <line x1={at} x2={at} y1={1} y2={25} className="chart-limit" />}
          {mirrored !== null && (
            <line x1={scale(mirrored)} x2={scale(mirrored)} y1={1} y2={25} className="chart-limit" />
          )}
          {low !== null && high !== null && (
            <g className={`chart-state-${state}`}>
              <rect
                x={scale(low)}
                y={9}
                width={Math.max(1, scale(high) - scale(low))}
                height={8}
                className="chart-state-band"
              />
              <path d={`M${scale(low)},7V19M${scale(high)},7V19`} className="chart-state-line" />
            </g>
          )}
          {value !== null && (
            <circle cx={scale(value)} cy={13} r={5} className={`chart-state-point chart-state-${state}`} />
          )}
        </svg>
      )}
    </div>
  );
}
