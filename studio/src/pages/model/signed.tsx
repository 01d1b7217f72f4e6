// What exactly was signed, by whom, what the verifier says to it now, and how to check it without this server.
import type { ReactNode } from 'react';
import type { Hallmark, ModelView } from '../../api/types';
import { formatCount } from '../../charts/format';
import { type Translate, useT } from '../../i18n';
import { Command, CopyButton, Digest, Time } from '../../ui/bits';
import { Icon } from '../../ui/icon';
import { Section } from '../../ui/page';
import { Empty } from '../../ui/states';
import { Facts, Table } from '../../ui/table';
import { useHallmarkHref } from './marks';

export interface Said {
  name: string;
  state: 'held' | 'failed' | 'not_decided' | 'skipped';
  text: string;
}

/** A line of the verifier: "signatures: held, 10 lines signed by 1 trusted key". */
export function said(line: string): Said {
  const match = /^([\w -]+): (held|failed|not_decided|skipped)(?:, (.*))?$/s.exec(line);
  if (!match) return { name: '', state: 'not_decided', text: line };
  return { name: match[1] as string, state: match[2] as Said['state'], text: match[3] ?? '' };
}

// What the verifier says of whole hallmarks, with the numbers in it; what is not here is shown as it came.
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/^(\d+) bytes, no line too long$/, 'says_limits'],
  [/^(\d+) lines, strict and canonical$/, 'says_encoding'],
  [/^(\d+) lines signed by (\d+) trusted keys?; trusted by (\S+)$/, 'says_signatures'],
  [/^the model has the digest that was signed$/, 'says_model'],
  [/^it lists exactly the (\d+) statements$/, 'says_index'],
  [/^statements refer to each other and to this model$/, 'says_links'],
  [/^no roles need separate keys$/, 'says_separation'],
  [/^it does not expire$/, 'says_validity'],
  [/^(\d+) rules?, none blocks$/, 'says_policy'],
  [/^figures were not computed anew$/, 'says_recompute'],
];

/** The verifier's sentence in the reader's language. */
export function sentence(t: Translate, text: string): string {
  for (const [pattern, key] of SENTENCES) {
    const match = pattern.exec(text);
    if (match) return t(`model.${key}`, { a: numeric(match[1]), b: numeric(match[2]), c: match[3] ?? '' });
  }
  return text;
}

function numeric(text: string | undefined): number {
  return Number(text ?? 0);
}

const GLYPH = { held: '✓', failed: '✕', not_decided: '◐', skipped: '–' } as const;
const TONE = { held: 'ok', failed: 'bad', not_decided: 'warn', skipped: 'mute' } as const;

export function Signed({ model }: { model: ModelView }): ReactNode {
  const t = useT();
  const address = useHallmarkHref(model);
  const { hallmark, verdict } = model;
  if (!hallmark || !address) {
    const why = !verdict ? 'model.unsigned_no_verdict' : verdict.state === 'held' || verdict.state === 'waived' ? 'model.unsigned_ready' : 'model.unsigned_blocked';
    return (
      <Section title={t('model.signed')} id="signed">
        <Empty title={t('model.unsigned')} why={t(why)} command="assay run assay.yaml" />
      </Section>
    );
  }
  const file = `${model.name}.hallmark.jsonl`;
  return (
    <Section
      title={t('model.signed')}
      id="signed"
      actions={
        <a className="button button-plain" href={address} download={file}>
          <Icon name="download" />
          {t('model.download')}
        </a>
      }
    >
      <div className="signed">
        <Seal hallmark={hallmark} />
        <div className="signed-body">
          <Facts
            items={[
              [t('model.signer'), hallmark.signer ? <Signer key="s" hallmark={hallmark} /> : t('model.no_signer')],
              [t('model.signed_at'), <Time key="t" at={hallmark.created} full />],
              [t('model.expires'), hallmark.expires ? <Time key="e" at={hallmark.expires} full /> : t('model.never')],
              [t('model.digest'), <Digest key="d" value={hallmark.digest} />],
              ...hallmark.approvals.map((each) => [t('model.approved', { role: each.role }), <span key="a">{each.by} · <Time at={each.time} full /></span>] as const),
            ]}
          />
        </div>
      </div>
      <h3 className="signed-head">{t('model.statements', { count: hallmark.statements.length })}</h3>
      <Table
        caption={t('model.statements', { count: hallmark.statements.length })}
        rows={hallmark.statements}
        rowKey={(statement, i) => `${i}${statement.digest}`}
        columns={[
          { key: 'word', title: t('model.statement'), cell: (each) => <><strong className="statement-word">{t.has(`model.word_${each.word}`) ? t(`model.word_${each.word}`) : each.word}</strong> <code className="statement-code">{each.word}</code></> },
          { key: 'digest', title: t('model.digest'), cell: (each) => <Digest value={each.digest} /> },
          { key: 'subject', title: t('model.subject'), hide: 'middle', cell: (each) => <Digest value={each.subject} /> },
          { key: 'bytes', title: t('model.bytes'), number: true, cell: (each) => formatCount(each.bytes, t.language) },
          { key: 'time', title: t('model.time'), hide: 'narrow', cell: (each) => <Time at={each.time} full /> },
        ]}
      />
      <h3 className="signed-head">{t('model.offline')}</h3>
      <p className="note">{t('model.offline_why')}</p>
      <Command>{`assay-verify ${file} --model ${model.name}.amodel --trust trust.json`}</Command>
    </Section>
  );
}

function Signer({ hallmark }: { hallmark: Hallmark }): ReactNode {
  const t = useT();
  const signer = hallmark.signer as NonNullable<Hallmark['signer']>;
  return (
    <>
      {signer.name && <span dir="auto">{signer.name} </span>}
      <code className="keyid" title={signer.keyid}>{signer.keyid.slice(0, 16)}{signer.keyid.length > 16 ? '…' : ''}</code>
      <CopyButton text={signer.keyid} what={t('model.key')} />
    </>
  );
}

function Seal({ hallmark }: { hallmark: Hallmark }): ReactNode {
  const t = useT();
  const lines = hallmark.says.map(said);
  return (
    <div className={hallmark.verified ? 'seal seal-held' : 'seal seal-broken'}>
      <p className="seal-word">
        <span aria-hidden="true">{hallmark.verified ? '✓' : '✕'} </span>
        {t(hallmark.verified ? 'model.verified' : 'model.not_verified')}
      </p>
      <ul>
        {lines.map((line, i) => (
          <li key={i}>
            <span className={`tone-${TONE[line.state]}`} aria-hidden="true">{GLYPH[line.state]}</span>
            <span>
              <span className="sr">{t(`model.check_${line.state}`)}: </span>
              {line.name && <b>{t.has(`model.step_${line.name}`) ? t(`model.step_${line.name}`) : line.name}</b>} <span className="seal-text" dir="auto">{sentence(t, line.text)}</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
