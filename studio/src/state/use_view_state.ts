import { useCallback, useMemo, useRef } from 'react';
import { useLocation, useSearch } from 'wouter';
import { type Codec, type StateOf, parse, print } from './codec';

export interface ViewState<S> {
  state: S;
  bad: { field: string; text: string }[];
  /** Changes some fields; `push` makes a step that the back button undoes (a filter), else the entry is replaced (typing). */
  set(change: Partial<S>, push?: boolean): void;
}

/** View state that lives in the address: `const { state, set } = useViewState(codec)` with a codec made outside. */
export function useViewState<C extends Codec>(codec: C): ViewState<StateOf<C>> {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const reading = useMemo(() => parse(codec, search), [codec, search]);
  const now = useRef({ path, state: reading.state });
  now.current = { path, state: reading.state };
  const set = useCallback(
    (change: Partial<StateOf<C>>, push = false) => {
      // Several changes within one event see each other's result.
      now.current.state = { ...now.current.state, ...change };
      const query = print(codec, now.current.state, location.search);
      navigate(now.current.path + (query ? `?${query}` : ''), { replace: !push });
    },
    [codec, navigate],
  );
  return { ...reading, set };
}
