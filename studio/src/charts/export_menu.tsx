import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { type Origin, toCsv } from './csv';
import { type Picture, download, fileName, pictureOf, pngOf } from './export';
import { type ChartTable, sheetOf } from './table';
import { useChartText } from './text';

interface ExportMenuProps {
  title: string;
  summary: string;
  table: ChartTable;
  origin: Origin | null;
  svg: () => SVGSVGElement | null;
}

const SCALES = [1, 2, 3, 4] as const;

/** The files that a chart can become: SVG, PNG at 1x to 4x, CSV. */
export function ExportMenu({ title, summary, table, origin, svg }: ExportMenuProps): ReactNode {
  const { t, locale } = useChartText();
  const [open, setOpen] = useState(false);
  const [scale, setScale] = useState<number>(2);
  const [said, setSaid] = useState('');
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: Event): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);

  const picture: Picture = { title, summary, origin, locale };
  const name = (extension: string): string => fileName(['assay', title], extension);
  const finish = (file: string): void => {
    setSaid(t('charts.saved', { file }));
    setOpen(false);
    opener.current?.focus();
  };
  const save = async (kind: 'svg' | 'png' | 'csv'): Promise<void> => {
    const file = name(kind);
    try {
      if (kind === 'csv') {
        download(file, new Blob(['\ufeff', toCsv(title, sheetOf(table), origin)], { type: 'text/csv;charset=utf-8' }));
      } else {
        const element = svg();
        if (!element) return;
        if (kind === 'png') download(file, await pngOf(element, picture, scale));
        else download(file, new Blob([pictureOf(element, picture).text], { type: 'image/svg+xml' }));
      }
      finish(file);
    } catch {
      setSaid(t('charts.not_saved', { file }));
    }
  };

  return (
    <div
      className="chart-export"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        setOpen(false);
        opener.current?.focus();
        event.stopPropagation();
      }}
    >
      <button
        ref={opener}
        type="button"
        className="chart-link"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {t('charts.export')}
        <span className="chart-sr"> {title}</span>
      </button>
      <div id={id} className="chart-menu" hidden={!open} role="group" aria-label={t('charts.export_of', { title })}>
        <button type="button" onClick={() => void save('svg')}>
          SVG
        </button>
        <span className="chart-menu-row">
          <button type="button" onClick={() => void save('png')}>
            PNG
          </button>
          <select
            aria-label={t('charts.png_scale')}
            value={scale}
            onChange={(event) => setScale(Number(event.target.value))}
          >
            {SCALES.map((value) => (
              <option key={value} value={value}>{`${value}\u00d7`}</option>
            ))}
          </select>
        </span>
        <button type="button" onClick={() => void save('csv')}>
          CSV
        </button>
      </div>
      <span className="chart-sr" role="status">
        {said}
      </span>
    </div>
  );
}
