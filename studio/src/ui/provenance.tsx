import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useWorkspace } from '../api/hooks';
import type { Provenance } from '../api/types';
import { useT } from '../i18n';
import { href } from '../state/href';
import { Digest, Time } from './bits';

const TONE = { none: 'mute', signed: 'ok', verified: 'ok', broken: 'bad' } as const;
const GLYPH = { none: '○', signed: '✓', verified: '✓', broken: '✕' } as const;

/** Where the page's numbers come from: evidence, run, data, seed, code, signature. */
export function ProvenanceFooter({ of }: { of: Provenance }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const refs = Object.entries(of.refs ?? {});
  return (
    <footer className="provenance" aria-label={t('frame.provenance')}>
      <dl>
        {of.evidence.length > 0 && (
          <div>
            <dt>{t('frame.evidence')}</dt>
            <dd>
              {of.evidence.slice(0, 4).map((digest) => (
                <Digest key={digest} value={digest} link />
              ))}
              {of.evidence.length > 4 && t('frame.and_more', { count: of.evidence.length - 4 })}
            </dd>
          </div>
        )}
        {of.run && (
          <div>
            <dt>{t('frame.run')}</dt>
            <dd>
              <Link href={href(workspace, 'runs', of.run)}>
                <code title={of.run}>{of.run.slice(0, 12)}</code>
              </Link>
            </dd>
          </div>
        )}
        {refs.slice(0, 4).map(([role, ref]) => (
          <div key={role}>
            <dt>{role}</dt>
            <dd>
              <Link href={`${href(workspace, 'lineage')}?focus=${encodeURIComponent(ref)}`}>
                <code>{ref}</code>
              </Link>
            </dd>
          </div>
        ))}
        {of.seed !== null && (
          <div>
            <dt>{t('frame.seed')}</dt>
            <dd>
              <code>{of.seed}</code>
            </dd>
          </div>
        )}
        {of.code && (
          <div>
            <dt>{t('frame.code_version')}</dt>
            <dd>
              <code>{of.code}</code>
            </dd>
          </div>
        )}
        {of.finished && (
          <div>
            <dt>{t('frame.finished')}</dt>
            <dd>
              <Time at={of.finished} />
            </dd>
          </div>
        )}
        <div>
          <dt>{t('frame.signature')}</dt>
          <dd className={`tone-${TONE[of.signature]}`}>
            <span aria-hidden="true">{GLYPH[of.signature]} </span>
            {t(`frame.signature_${of.signature}`)}
          </dd>
        </div>
      </dl>
    </footer>
  );
}
