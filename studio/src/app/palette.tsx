// ⌘K: pages, assets, plans and commands by a few letters; what the server knows more comes from its search.
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { get } from '../api/client';
import { apiPath, useWorkspace } from '../api/hooks';
import type { SearchView } from '../api/types';
import { type Language, keepLanguage, languageNames, languages, setLanguage, useT } from '../i18n';
import { href, localHref } from '../state/href';
import { setPreferences } from '../state/preferences';
import { copyText } from '../ui/bits';
import { viewLink } from '../ui/copy_link';
import { Dialog } from '../ui/dialog';
import { say } from '../ui/toast';
import { useOverview } from './overview_data';
import type { Destination } from './places';
import { type PlanRunner, usePlanRunner } from './run_plan';

interface Item {
  key: string;
  group: string;
  title: string;
  hint?: string;
  act: () => void;
}
interface Props {
  open: boolean;
  onClose: () => void;
  onOpen: (what: 'preferences' | 'keys') => void;
  destinations: readonly Destination[];
}

/** How well `words` fit `text`: all letters in order; the beginnings of words count most. -1 = not at all. */
export function fit(words: string, text: string): number {
  const wanted = words.toLowerCase().replace(/\s+/g, '');
  const given = text.toLowerCase();
  if (!wanted) return 0;
  const whole = given.indexOf(words.trim().toLowerCase());
  if (whole >= 0) return 1000 - whole;
  let at = -1;
  let score = 0;
  for (const letter of wanted) {
    const next = given.indexOf(letter, at + 1);
    if (next < 0) return -1;
    score += next === at + 1 ? 3 : next === 0 || /[\s/·._-]/.test(given[next - 1] as string) ? 4 : 0;
    at = next;
  }
  return score;
}

function useItems({ destinations, onOpen, onClose }: Props, runner: PlanRunner): Item[] {
  const t = useT();
  const workspace = useWorkspace();
  const overview = useOverview();
  const [, navigate] = useLocation();
  return useMemo(() => {
    const go = (to: string) => (): void => navigate(to);
    const pages = destinations.map((each) => ({ key: `page ${each.key}`, group: t('frame.group_pages'), title: each.title, hint: t(`frame.stage_${each.stage}`), act: go(each.href) }));
    const models = (overview.data?.models ?? []).map((each) => ({
      key: `model ${each.name} ${each.version}`, group: t('frame.group_models'), title: `${each.name} · v${each.version}`, act: go(href(workspace, 'models', each.name, each.version)),
    }));
    const data = (overview.data?.data ?? []).map((each) => ({
      key: `data ${each.name} ${each.version}`, group: t('frame.group_data'), title: `${each.name} · v${each.version}`, act: go(href(workspace, 'data', each.name, each.version)),
    }));
    const plans = (overview.data?.plans ?? []).map((each) => ({
      key: `plan ${each.path}`, group: t('frame.group_commands'), title: t('frame.run_plan_named', { name: each.name }), hint: each.path, act: () => void runner.run(each.path, false),
    }));
    const command = (key: string, title: string, act: () => void): Item => ({ key, group: t('frame.group_commands'), title, act });
    const speak = (language: Language) => (): void => {
      keepLanguage(language);
      void setLanguage(language);
    };
    const commands = [
      command('link', t('frame.copy_link'), () => void copyText(viewLink(t.language)).then((done) => say(t(done ? 'frame.link_copied' : 'frame.copy_failed')))),
      ...(['light', 'dark', 'system'] as const).map((theme) => command(`theme ${theme}`, `${t('frame.theme')}: ${t(`frame.theme_${theme}`)}`, () => setPreferences({ theme }))),
      ...languages.map((each) => command(`language ${each}`, `${t('frame.language')}: ${languageNames[each]}`, speak(each))),
      command('preferences', t('frame.preferences'), () => onOpen('preferences')),
      command('keys', t('frame.keyboard'), () => onOpen('keys')),
    ];
    return [...pages, ...plans, ...models, ...data, ...commands];
  }, [t, destinations, overview.data, workspace, navigate, onOpen, onClose, runner]);
}

const KINDS: Record<string, string> = { model: 'models', dataset: 'data', run: 'runs', column: 'columns', evidence: 'evidence' };

function useSearch(query: string): Item[] {
  const t = useT();
  const workspace = useWorkspace();
  const [, navigate] = useLocation();
  const [late, setLate] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setLate(query.trim()), 150);
    return () => clearTimeout(timer);
  }, [query]);
  const path = apiPath(workspace, `view/search?q=${encodeURIComponent(late)}`);
  const found = useQuery({
    queryKey: ['w', workspace, 'search', late],
    queryFn: ({ signal }) => get<SearchView>(path, signal),
    enabled: workspace !== '' && late.length > 1,
    retry: false,
  });
  return (found.data?.groups ?? []).flatMap((group) =>
    group.items.slice(0, 8).flatMap((item) => {
      const to = localHref(workspace, item.href);
      return to ? [{ key: `found ${item.href} ${item.name}`, group: t(`frame.group_${KINDS[group.kind] ?? 'other'}`), title: item.name, hint: item.snippet, act: () => navigate(to) }] : [];
    }),
  );
}

function List({ props, runner }: { props: Props; runner: PlanRunner }): ReactNode {
  const t = useT();
  const id = useId();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const all = useItems(props, runner);
  const found = useSearch(query);
  const shown = useMemo(() => {
    const own = all
      .map((item) => ({ item, score: fit(query, `${item.title} ${item.hint ?? ''}`) }))
      .filter((each) => each.score >= 0)
      .sort((a, b) => b.score - a.score)
      .map((each) => each.item);
    const titles = new Set(own.map((item) => item.title));
    return [...own, ...found.filter((item) => !titles.has(item.title))].slice(0, 40);
  }, [all, found, query]);
  const active = Math.min(at, shown.length - 1);
  useEffect(() => {
    document.getElementById(`${id}${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, active]);
  const take = (item: Item | undefined): void => {
    if (!item) return;
    props.onClose();
    item.act();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step) setAt((active + step + shown.length) % Math.max(1, shown.length));
    else if (event.key === 'Enter') take(shown[active]);
    else return;
    event.preventDefault();
  };
  return (
    <div className="palette">
      <input
        className="palette-field"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}list`}
        aria-activedescendant={shown.length ? `${id}${active}` : undefined}
        aria-autocomplete="list"
        aria-label={t('frame.search_label')}
        placeholder={t('frame.search_label')}
        autoFocus
        value={query}
        onChange={(event) => (setQuery(event.target.value), setAt(0))}
        onKeyDown={onKeyDown}
      />
      <ul id={`${id}list`} role="listbox" aria-label={t('frame.search_label')} className="palette-list">
        {shown.map((item, i) => (
          <li key={item.key} id={`${id}${i}`} role="option" aria-selected={i === active} onPointerMove={() => setAt(i)} onClick={() => take(item)}>
            <span dir="auto" className="palette-title">{item.title}</span>
            {item.hint && <span dir="auto" className="palette-hint">{item.hint}</span>}
            <span className="palette-group">{item.group}</span>
          </li>
        ))}
      </ul>
      <p className="palette-foot" role="status">{shown.length ? t('frame.palette_keys', { count: shown.length }) : t('frame.palette_none')}</p>
    </div>
  );
}

export function Palette(props: Props): ReactNode {
  const t = useT();
  const runner = usePlanRunner();
  return (
    <Dialog open={props.open} onClose={props.onClose} title={t('frame.search')} kind="palette">
      <List props={props} runner={runner} />
    </Dialog>
  );
}
