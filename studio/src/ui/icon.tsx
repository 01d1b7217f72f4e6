import type { ReactNode } from 'react';

// Drawn on a 16 x 16 field with one stroke; each is decoration: the words stand beside it or in aria-label.
const PATHS = {
  search: 'M7 2.500a4.500 4.500 0 100 9 4.500 4.500 0 000-9zM10.300 10.300L14 14',
  copy: 'M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3',
  check: 'M3 8.500l3.500 3.500L13 4.500',
  close: 'M3.500 3.500l9 9M12.500 3.500l-9 9',
  download: 'M8 2v8.500M4.500 7L8 10.500 11.500 7M2.500 13.500h11',
  play: 'M4.500 2.500l8 5.500-8 5.500z',
  stop: 'M3.500 3.500h9v9h-9z',
  again: 'M13 8a5 5 0 11-1.600-3.700M13.500 2v3h-3',
  menu: 'M2 4h12M2 8h12M2 12h12',
  down: 'M4 6l4 4 4-4',
  right: 'M6 4l4 4-4 4',
  up: 'M4 10l4-4 4 4',
  link: 'M6.500 9.500l3-3M7 4.500l1.500-1.500a2.800 2.800 0 014 4L11 8.500M9 11.500L7.500 13a2.800 2.800 0 01-4-4L5 7.500',
  file: 'M3.500 1.500h6l3 3v10h-9zM9.500 1.500v3h3',
  warning: 'M8 2l6.500 11.500h-13zM8 6.500v3.500M8 11.700v.3',
  sliders: 'M2 4.500h6M11 4.500h3M8 3h3v3H8zM2 11.500h3M8 11.500h6M5 10h3v3H5z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
