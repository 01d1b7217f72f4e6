// The model card: as people read it, what is missing in it, and as the JSON that other tools take.
import type { ReactNode } from 'react';
import { segments, useRead } from '../../api/hooks';
import type { CardView } from '../../api/types';
import { useParams } from '../../app/route';
import { useT } from '../../i18n';
import { oneOf } from '../../state/codec';
import { useViewState } from '../../state/use_view_state';
import { CopyButton } from '../../ui/bits';
import { JsonView } from '../../ui/json_view';
import { Blocks, blocksOf } from '../../ui/markdown';
import { Page } from '../../ui/page';
import { Await, Empty, ErrorPanel, Stale, problemOf } from '../../ui/states';
import { Tabs } from '../../ui/tabs';
import { Download } from './download';
import './document.css';

const codec = { tab: oneOf(['read', 'missing', 'json'], 'read') };

export default function CardPage(): ReactNode {
  const t = useT();
  const { name = '', ver = '' } = useParams();
  const { state, set } = useViewState(codec);
  const read = useRead<CardView>(`view/models/${segments(name, ver)}/card`);
  const card = read.data;
  const none = read.isError && !card && problemOf(read.error).status === 404;
  const open = card ? card.missing.length + problemsOf(card).length : 0;
  return (
    <Page
      title={t('document.card')}
      sub={<span>{`${name} · v${ver}`}</span>}
      actions={card && <Download name={`${name}.model-card.md`} type="text/markdown" text={card.markdown} title={t('document.download')} />}
      provenance={card?.provenance}
    >
      {none ? (
        <>
          <ErrorPanel problem={problemOf(read.error)} />
          <Empty title={t('document.no_card')} why={t('document.no_card_why')} command="assay run assay.yaml" />
        </>
      ) : (
        <Await of={read} lines={12}>
          {(data) => (
            <>
              {data.provenance.stale && <Stale />}
              <Tabs
                label={t('document.card')}
                tabs={[
                  { key: 'read', title: t('document.tab_read') },
                  { key: 'missing', title: t('document.tab_missing', { count: open }) },
                  { key: 'json', title: 'JSON' },
                ]}
                selected={state.tab}
                onSelect={(tab) => set({ tab })}
              >
                {state.tab === 'read' && <Markdown text={data.markdown} />}
                {state.tab === 'missing' && <Missing card={data} />}
                {state.tab === 'json' && (
                  <div className="sheet">
                    <p className="json-tools"><CopyButton text={JSON.stringify(data.card, null, 2)} what="JSON" /></p>
                    <JsonView value={data.card} />
                  </div>
                )}
              </Tabs>
            </>
          )}
        </Await>
      )}
    </Page>
  );
}

function Markdown({ text }: { text: string }): ReactNode {
  const t = useT();
  const blocks = blocksOf(text);
  const matter = blocks.find((block) => block.kind === 'matter');
  return (
    <article className="document" lang="en">
      <Blocks blocks={blocks} />
      {matter?.kind === 'matter' && (
        <details>
          <summary lang={t.language}>{t('document.matter')}</summary>
          <pre tabIndex={0}><code>{matter.text}</code></pre>
        </details>
      )}
    </article>
  );
}

// A field that is empty is told once, as missing.
function problemsOf(card: CardView): CardView['problems'] {
  return card.problems.filter((problem) => !card.missing.includes(problem.path));
}

function Missing({ card }: { card: CardView }): ReactNode {
  const t = useT();
  const problems = problemsOf(card);
  if (card.missing.length === 0 && problems.length === 0) return <p className="sheet">{t('document.complete')}</p>;
  return (
    <>
      {problems.length > 0 && (
        <>
          <h2>{t('document.problems')}</h2>
          <ul className="sheet missing">
            {problems.map((problem, i) => (
              <li key={i}><code dir="auto">{problem.path}</code> <span dir="auto">{problem.message}</span></li>
            ))}
          </ul>
        </>
      )}
      {card.missing.length > 0 && (
        <>
          <h2>{t('document.missing')}</h2>
          <p className="note">{t('document.missing_why')}</p>
          <ul className="sheet missing">
            {card.missing.map((path) => {
              const key = `document.field_${path.replaceAll('.', '_')}`;
              return <li key={path}><code>{path}</code> {t.has(key) && <span>{t(key)}</span>}</li>;
            })}
          </ul>
        </>
      )}
    </>
  );
}
