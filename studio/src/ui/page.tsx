// The inside of every page: title on its ink rule, actions at the right end, reading help aside, provenance below.
import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { useWorkspace } from '../api/hooks';
import type { Provenance } from '../api/types';
import { useT } from '../i18n';
import { CopyLink } from './copy_link';
import { ProvenanceFooter } from './provenance';

interface Props {
  title: string;
  /** small text after the title: version, split, count */
  sub?: ReactNode;
  /** buttons before "Copy link" */
  actions?: ReactNode;
  aside?: ReactNode;
  provenance?: Provenance | undefined;
  children: ReactNode;
}

// The first page of a visit keeps the browser's own focus; each later one puts it on its title, once.
let focused: string | null = null;

export function Page({ title, sub, actions, aside, provenance, children }: Props): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const [path] = useLocation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = [title, workspace, 'Assay'].filter(Boolean).join(' · ');
  }, [title, workspace]);
  useEffect(() => {
    if (focused !== null && focused !== path) {
      window.scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
    focused = path;
  }, [path]);
  return (
    <>
      <div className="head">
        <h1 ref={heading} tabIndex={-1} dir="auto">
          {title}
        </h1>
        {sub && <div className="head-sub" dir="auto">{sub}</div>}
        <div className="head-actions">
          {actions}
          <CopyLink />
        </div>
      </div>
      {aside ? (
        <div className="columns">
          <div className="body">{children}</div>
          <aside className="aside" aria-label={t('frame.aside')}>
            {aside}
          </aside>
        </div>
      ) : (
        <div className="body">{children}</div>
      )}
      {provenance && <ProvenanceFooter of={provenance} />}
    </>
  );
}

/** A panel: heading on a hairline, content on the sheet. */
export function Section({ title, note, id, actions, children }: { title: string; note?: ReactNode; id?: string; actions?: ReactNode; children: ReactNode }): ReactNode {
  return (
    <section className="section" id={id} aria-label={title}>
      <header className="section-head">
        <h2>{title}</h2>
        {note && <span className="section-note">{note}</span>}
        {actions && <span className="section-actions">{actions}</span>}
      </header>
      {children}
    </section>
  );
}
