// What every chart has: one sentence that says it, a table, a keyboard cursor that is spoken, tooltips, sound, export.
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import type { Origin } from './csv';
import { ExportMenu } from './export_menu';
import { type SoundPlan, play } from './sonify';
import { type ChartTable, formatCell } from './table';
import { useChartText } from './text';
import { useWidth } from './use_width';
import './charts.css';

/** A point that the cursor can stand on: its words, and where the tooltip goes. */
export interface Reading {
  text: string;
  x: number;
  y: number;
}

export interface Plot {
  width: number;
  cursor: number | null;
}

export interface ChartFrameProps {
  title: string;
  /** level of the visible heading; 0 hides it (the title is still the name of files) */
  heading?: 0 | 2 | 3;
  note?: ReactNode;
  corner?: string;
  summary: string;
  table: ChartTable;
  origin: Origin | null;
  height: number | ((width: number) => number);
  /** below this width the plot scrolls sideways inside its own frame */
  minWidth?: number;
  readings: (width: number) => Reading[];
  sound?: SoundPlan;
  onEnter?: (index: number) => void;
  children: (plot: Plot) => ReactNode;
}

function nearest(readings: readonly Reading[], x: number, y: number): number | null {
  let best: number | null = null;
  let least = 48 * 48;
  readings.forEach((reading, i) => {
    const distance = (reading.x - x) ** 2 + (reading.y - y) ** 2;
    if (distance < least) {
      least = distance;
      best = i;
    }
  });
  return best;
}

function steps(key: string): number | 'first' | 'last' | null {
  if (key === 'ArrowRight' || key === 'ArrowDown') return 1;
  if (key === 'ArrowLeft' || key === 'ArrowUp') return -1;
  if (key === 'PageDown') return 10;
  if (key === 'PageUp') return -10;
  return key === 'Home' ? 'first' : key === 'End' ? 'last' : null;
}

export function ChartFrame(props: ChartFrameProps): ReactNode {
  const { title, heading = 2, summary, table, origin, sound, onEnter } = props;
  const { t, locale } = useChartText();
  const [plot, measured] = useWidth<HTMLDivElement>();
  const width = measured > 0 ? Math.max(measured, props.minWidth ?? 0) : 0;
  const svg = useRef<SVGSVGElement>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const [hover, setHover] = useState<number | null>(null);
  const [open, setOpen] = useState(false);
  const [playing, setPlaying] = useState(false);
  const stop = useRef<(() => void) | null>(null);
  const id = useId();
  useEffect(() => () => stop.current?.(), []);

  const height = typeof props.height === 'function' ? props.height(Math.max(width, 320)) : props.height;
  const readings = width > 0 ? props.readings(width) : [];
  const shown = hover ?? cursor;
  const reading = shown === null ? undefined : readings[shown];
  const Heading = heading === 3 ? 'h3' : 'h2';

  const toggleSound = (): void => {
    if (!sound) return;
    if (stop.current) {
      stop.current();
      return;
    }
    setPlaying(true);
    stop.current = play(sound, () => {
      stop.current = null;
      setPlaying(false);
    });
  };

  const onKeyDown = (event: KeyboardEvent<SVGSVGElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = steps(event.key);
    if (step !== null && readings.length) {
      const last = readings.length - 1;
      const now =
        step === 'first' ? 0 : step === 'last' ? last : cursor === null ? (step > 0 ? 0 : last) : cursor + step;
      setCursor(Math.min(last, Math.max(0, now)));
      setHover(null);
    } else if (event.key === 'Escape') {
      if (cursor === null && hover === null && !playing) return;
      setCursor(null);
      setHover(null);
      stop.current?.();
    } else if (event.key === 't') setOpen(!open);
    else if (event.key === 's' && sound) toggleSound();
    else if (event.key === 'x')
      event.currentTarget.closest('.chart')?.querySelector<HTMLElement>('.chart-export button')?.focus();
    else if (event.key === 'Enter' && onEnter && cursor !== null) onEnter(cursor);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onPointerMove = (event: PointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    setHover(nearest(readings, event.clientX - box.left, event.clientY - box.top));
  };

  const flip = reading !== undefined && reading.x > width * 0.6;
  return (
    <figure className="chart" aria-label={title}>
      {heading > 0 && (
        <div className="chart-head">
          <Heading>{title}</Heading>
          {props.note}
        </div>
      )}
      <div className="chart-plot" ref={plot}>
        {width > 0 && (
          <svg
            ref={svg}
            className="chart-svg"
            role="img"
            aria-label={`${title}. ${summary}`}
            aria-describedby={`${id}keys`}
            // A picture that arrow keys read point by point: one stop, its points are spoken by the live region.
            tabIndex={0}
            width={width}
            height={height}
            viewBox={`0 0 ${width} ${height}`}
            onKeyDown={onKeyDown}
            onPointerMove={onPointerMove}
            onPointerLeave={() => setHover(null)}
          >
            {props.children({ width, cursor: shown })}
          </svg>
        )}
        {width === 0 && <div style={{ height }} />}
        {props.corner && <span className="chart-corner">{props.corner}</span>}
        {reading && (
          <div
            className={flip ? 'chart-tip chart-tip-left' : 'chart-tip'}
            style={{ left: reading.x, top: reading.y }}
            aria-hidden="true"
            dir="auto"
          >
            {reading.text}
          </div>
        )}
      </div>
      <span className="chart-sr" id={`${id}keys`}>
        {t(sound ? 'charts.keys_with_sound' : 'charts.keys')}
      </span>
      <span className="chart-sr" aria-live="polite">
        {cursor === null ? '' : (readings[cursor]?.text ?? '')}
      </span>
      <div className="chart-foot">
        <button
          type="button"
          className="chart-link"
          aria-expanded={open}
          aria-controls={`${id}table`}
          onClick={() => setOpen(!open)}
        >
          <span aria-hidden="true">{open ? '\u25be' : '\u25b8'}</span> {t('charts.table')}
          <span className="chart-sr"> {title}</span>
        </button>
        {sound && (
          <button type="button" className="chart-link" aria-pressed={playing} onClick={toggleSound}>
            <span aria-hidden="true">{playing ? '\u25a0' : '\u266a'}</span>{' '}
            {t(playing ? 'charts.stop' : 'charts.listen')}
            <span className="chart-sr"> {title}</span>
          </button>
        )}
        <ExportMenu title={title} summary={summary} table={table} origin={origin} svg={() => svg.current} />
      </div>
      <div
        id={`${id}table`}
        hidden={!open}
        className="chart-table"
        tabIndex={open ? 0 : undefined}
        role="region"
        aria-label={t('charts.table_of', { title })}
      >
        {open && <DataTable title={title} table={table} locale={locale} />}
      </div>
    </figure>
  );
}

export function DataTable({ title, table, locale }: { title: string; table: ChartTable; locale: string }): ReactNode {
  return (
    <table>
      <caption className="chart-sr">{title}</caption>
      <thead>
        <tr>
          {table.columns.map((column) => (
            <th key={column.key} scope="col" className={column.unit === 'text' ? undefined : 'chart-num'}>
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row, i) => (
          <tr key={i}>
            {row.map((cell, j) => {
              const unit = table.columns[j]?.unit ?? 'text';
              const text = formatCell(cell, unit, locale);
              if (j === 0)
                return (
                  <th key={j} scope="row" dir="auto">
                    {text}
                  </th>
                );
              return (
                <td
                  key={j}
                  className={unit === 'text' ? undefined : 'chart-num'}
                  dir={unit === 'text' ? 'auto' : undefined}
                >
                  {text}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
