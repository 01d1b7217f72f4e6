import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { whoAmI } from '../api/client';
import { useConnection } from '../api/connection';
import { useWorkspace } from '../api/hooks';
import { useT } from '../i18n';
import { href } from '../state/href';
import { type Theme, setPreferences, usePreferences } from '../state/preferences';
import { Icon } from '../ui/icon';
import { LanguageSelect } from './language_select';
import { useModelPlace, useOngoing, useOverview } from './overview_data';
import { usePlace } from './route';

export function Mark(): ReactNode {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true" className="brand-mark">
      <path className="brand-body" d="M9.400 0h13.200L32 9.400v13.200L22.600 32H9.400L0 22.600V9.400z" />
      <path className="brand-letter" d="M16 6l7.400 20h-4l-1.500-4.400h-6L10.500 26h-4L14 6zm-.1 5.500L13.100 18.300h5.700z" />
    </svg>
  );
}

function WorkspaceName(): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const [, navigate] = useLocation();
  const me = useQuery({ queryKey: ['me'], queryFn: whoAmI, enabled: useConnection().link !== 'signed-out' });
  const all = me.data?.workspaces ?? [];
  if (!workspace) return null;
  if (all.length < 2) return <Link href={href(workspace)}>{workspace}</Link>;
  return (
    <select className="crumb-select" aria-label={t('frame.workspace')} value={workspace} onChange={(event) => navigate(href(event.target.value))}>
      {all.map((each) => (
        <option key={each.name}>{each.name}</option>
      ))}
    </select>
  );
}

/** workspace / model · version, where the address speaks of a model. */
function Crumb(): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const { spec, params } = usePlace();
  const model = useModelPlace();
  const overview = useOverview();
  const [, navigate] = useLocation();
  const asset = spec?.path.includes(':name') ? { name: params['name'] as string, version: params['ver'] as string } : null;
  const versions = spec?.key.startsWith('data') ? [] : (overview.data?.models ?? []).filter((each) => each.name === asset?.name).map((each) => each.version);
  const shown = asset ?? (spec?.stage === 'evaluate' ? model : null);
  const go = (version: string): void => {
    if (spec && asset) navigate(spec.path.replace(':ws', encodeURIComponent(workspace)).replace(':name', encodeURIComponent(asset.name)).replace(':ver', version));
  };
  return (
    <div className="crumb">
      <WorkspaceName />
      {shown && (
        <>
          <span className="crumb-cut" aria-hidden="true">/</span>
          <b dir="auto">{shown.name}</b>
          <span className="crumb-cut" aria-hidden="true">·</span>
          {versions.length > 1 ? (
            <select className="crumb-select" aria-label={t('frame.version')} value={shown.version} onChange={(event) => go(event.target.value)}>
              {versions.map((version) => (
                <option key={version} value={version}>{`v${version}`}</option>
              ))}
            </select>
          ) : (
            <span>{`v${shown.version}`}</span>
          )}
        </>
      )}
    </div>
  );
}

function Jobs(): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const count = useOngoing();
  if (!workspace || count === 0) return null;
  return (
    <Link href={`${href(workspace, 'runs')}?state=running`} className="jobs" title={t('frame.jobs', { count })}>
      <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
        <circle className="jobs-track" cx="10" cy="10" r="7.500" />
        <path className="jobs-arc" d="M10 2.500a7.500 7.500 0 017.500 7.500" />
      </svg>
      <span aria-hidden="true">{count}</span>
      <span className="sr">{t('frame.jobs', { count })}</span>
    </Link>
  );
}

export function ThemeSelect(): ReactNode {
  const t = useT();
  const { theme } = usePreferences();
  return (
    <select className="control" aria-label={t('frame.theme')} value={theme} onChange={(event) => setPreferences({ theme: event.target.value as Theme })}>
      {(['system', 'light', 'dark'] as const).map((each) => (
        <option key={each} value={each}>{t(`frame.theme_${each}`)}</option>
      ))}
    </select>
  );
}

const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);

export function TopBar({ onSearch, onPreferences }: { onSearch: () => void; onPreferences: () => void }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  return (
    <header className="top">
      <a className="skip" href="#main">{t('frame.skip')}</a>
      <Link href={workspace ? href(workspace) : '/'} className="brand" aria-label={t('frame.home')}>
        <Mark />
        <span className="brand-word">Assay</span>
      </Link>
      <Crumb />
      <span className="spring" />
      <Jobs />
      <button type="button" className="button button-plain search-button" aria-haspopup="dialog" aria-keyshortcuts="Control+K Meta+K" onClick={onSearch}>
        <Icon name="search" />
        <span className="search-word">{t('frame.search')}</span>
        <kbd aria-hidden="true">{APPLE ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <span className="top-selects">
        <LanguageSelect />
        <ThemeSelect />
      </span>
      <button type="button" className="button button-plain button-icon top-preferences" aria-haspopup="dialog" aria-label={t('frame.preferences')} title={t('frame.preferences')} onClick={onPreferences}>
        <Icon name="sliders" />
      </button>
    </header>
  );
}
