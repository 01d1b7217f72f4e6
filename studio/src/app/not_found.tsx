import { type ReactNode, useEffect } from 'react';
import { Link } from 'wouter';
import { useWorkspace } from '../api/hooks';
import { useT } from '../i18n';
import { href } from '../state/href';
import { nearest } from '../state/nearest';
import { useOverview } from './overview_data';
import { useDestinations } from './places';

interface Known {
  name: string;
  title: string;
  href: string;
}

/** No such page, or no such thing: what was asked, and what has nearly that name. */
export function NotFound({ path, what }: { path: string; what?: string }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const destinations = useDestinations();
  const overview = useOverview();
  useEffect(() => {
    document.title = `${t('frame.not_found')} · Assay`;
  }, [t]);
  const known: Known[] = [
    ...destinations.map((each) => ({ name: each.href.split('/').at(-1) as string, title: each.title, href: each.href })),
    ...(overview.data?.models ?? []).map((each) => ({ name: each.name, title: `${each.name} · v${each.version}`, href: href(workspace, 'models', each.name, each.version) })),
    ...(overview.data?.data ?? []).map((each) => ({ name: each.name, title: `${each.name} · v${each.version}`, href: href(workspace, 'data', each.name, each.version) })),
  ];
  const words = path.split('/').slice(3).map(decodeURIComponentSafely);
  const close = [...new Set(words.flatMap((word) => nearest(word, known, (each) => each.name)))].slice(0, 6);
  return (
    <>
      <div className="head">
        <h1>{t('frame.not_found')}</h1>
      </div>
      <p dir="auto">{what ?? t('frame.not_found_why', { path: decodeURIComponentSafely(path) })}</p>
      {close.length > 0 && (
        <>
          <h2>{t('frame.nearest')}</h2>
          <ul className="plain-list">
            {close.map((each) => (
              <li key={each.href}><Link href={each.href}>{each.title}</Link></li>
            ))}
          </ul>
        </>
      )}
      <p><Link href={workspace ? href(workspace) : '/'}>{t('frame.to_overview')}</Link></p>
    </>
  );
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
