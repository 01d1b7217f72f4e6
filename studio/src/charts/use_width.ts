import { useLayoutEffect, useRef, useState } from 'react';

/** Width in CSS pixels of the element that takes the reference; 0 until it has been measured. */
export function useWidth<T extends HTMLElement>(): [React.RefObject<T | null>, number] {
  const element = useRef<T | null>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const node = element.current;
    if (!node) return undefined;
    setWidth(Math.floor(node.clientWidth));
    if (typeof ResizeObserver === 'undefined') return undefined;
    const watch = new ResizeObserver(() => setWidth(Math.floor(node.clientWidth)));
    watch.observe(node);
    return () => watch.disconnect();
  }, []);
  return [element, width];
}
