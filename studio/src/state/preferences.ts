// Choices of a person that outlive a page: theme, single-letter shortcuts. Nothing else is kept in the browser.
import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';
export interface Preferences {
  theme: Theme;
  letters: boolean;
}

const listeners = new Set<() => void>();

function read(name: string): string | null {
  try {
    return localStorage.getItem(`assay.${name}`);
  } catch {
    return null;
  }
}

function themeOf(text: string | null): Theme | null {
  return text === 'light' || text === 'dark' || text === 'system' ? text : null;
}

let now: Preferences = { theme: 'system', letters: true };

/** The theme that is drawn. */
export function drawnTheme(): 'light' | 'dark' {
  if (now.theme !== 'system') return now.theme;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function draw(): void {
  document.documentElement.dataset['theme'] = drawnTheme();
}

/** Address, then kept choice, then the system's. */
export function startPreferences(): void {
  const asked = themeOf(new URLSearchParams(location.search).get('theme'));
  now = { theme: asked ?? themeOf(read('theme')) ?? 'system', letters: read('letters') !== 'off' };
  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
}

export function setPreferences(change: Partial<Preferences>): void {
  now = { ...now, ...change };
  try {
    localStorage.setItem('assay.theme', now.theme);
    localStorage.setItem('assay.letters', now.letters ? 'on' : 'off');
  } catch {
    // storage may be switched off; the choice then lasts for this page
  }
  draw();
  for (const listener of listeners) listener();
}

export function preferences(): Preferences {
  return now;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore((listener) => (listeners.add(listener), () => listeners.delete(listener)), preferences);
}
