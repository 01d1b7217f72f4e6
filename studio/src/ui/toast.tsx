import { type ReactNode, useSyncExternalStore } from 'react';

interface Toast {
  id: number;
  text: string;
}

let toasts: readonly Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(list: readonly Toast[]): void {
  toasts = list;
  for (const listener of listeners) listener();
}

/** Says what happened, for six seconds, to eyes and screen readers. */
export function say(text: string): void {
  const toast = { id: next++, text };
  set([...toasts.slice(-2), toast]);
  setTimeout(() => set(toasts.filter((each) => each !== toast)), 6000);
}

export function Toasts(): ReactNode {
  const shown = useSyncExternalStore(
    (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((toast) => (
        <p key={toast.id}>{toast.text}</p>
      ))}
    </div>
  );
}
