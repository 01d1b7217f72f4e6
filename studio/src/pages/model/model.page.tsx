// A model and its hallmark: seven punch marks, the rules behind them, and what exactly was signed.
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { segments, useRead, useWorkspace } from '../../api/hooks';
import type { ModelView } from '../../api/types';
import { NotFound } from '../../app/not_found';
import { useParams } from '../../app/route';
import { RunPlan } from '../../app/run_plan';
import { type Translate, useT } from '../../i18n';
import { oneOf } from '../../state/codec';
import { href } from '../../state/href';
import { useViewState } from '../../state/use_view_state';
import { Digest, Time } from '../../ui/bits';
import { Page, Section } from '../../ui/page';
import { MARK_ORDER } from '../../ui/punch_marks';
import { RuleTable } from '../../ui/rule_table';
import { StateMark } from '../../ui/state_mark';
import { Await, Stale, problemOf } from '../../ui/states';
import { Facts } from '../../ui/table';
import { Figures } from './figures';
import { Marks } from './marks';
import { Signed } from './signed';
import './model.css';

const codec = { mark: oneOf(['', ...MARK_ORDER], '') };

export default function ModelPage(): ReactNode {
  const t = useT();
  const { name = '', ver = '' } = useParams();
  const { state, set } = useViewState(codec);
  const read = useRead<ModelView>(`view/models/${segments(name, ver)}`);
  const model = read.data;
  if (read.isError && !model && problemOf(read.error).status === 404) return <NotFound path={location.pathname} what={problemOf(read.error).detail} />;
  return (
    <Page
      title={name}
      sub={model && <Sub model={model} />}
      actions={model?.provenance.stale && <RunPlan />}
      aside={model && <Aside model={model} />}
      provenance={model?.provenance}
    >
      <Await of={read} lines={14}>
        {(data) => (
          <>
            {data.provenance.stale && <Stale />}
            <Marks model={data} selected={state.mark} onSelect={(mark) => set({ mark }, true)} />
            <Section title={t('model.verdict')} note={data.verdict && <><StateMark state={data.verdict.state} /> {t('model.policy', { policy: data.verdict.policy })}</>}>
              {data.verdict ? <RuleTable verdict={data.verdict} /> : <p className="sheet note">{t('model.no_verdict')}</p>}
            </Section>
            <Signed model={data} />
            {data.metrics.length > 0 && <Figures figures={data.metrics} />}
          </>
        )}
      </Await>
    </Page>
  );
}

function Sub({ model }: { model: ModelView }): ReactNode {
  const t = useT();
  return (
    <>
      <span>{`v${model.version}`}</span>
      <span>{model.learner}</span>
      <span>{t.rich('model.made', { time: <Time key="t" at={model.created} /> })}</span>
      <Digest value={model.digest} />
    </>
  );
}

function Aside({ model }: { model: ModelView }): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const page = (...rest: string[]): string => href(workspace, 'models', model.name, model.version, ...rest);
  const data = /^dataset:(.+)@(\d+)$/.exec(model.dataset ?? '');
  return (
    <>
      <h2>{t('model.reading')}</h2>
      <p>{t('model.reading_marks')}</p>
      <p>{t('model.reading_rules')}</p>
      <h2>{t('model.pages')}</h2>
      <ul className="plain-list">
        <li><Link href={page('evaluate', 'fairness')}>{t('frame.nav_fairness')}</Link></li>
        {model.report && <li><Link href={page('report')}>{t('frame.nav_report')}</Link></li>}
        {model.card && <li><Link href={page('card')}>{t('frame.nav_card')}</Link></li>}
        <li><Link href={`${href(workspace, 'lineage')}?focus=${encodeURIComponent(model.ref)}`}>{t('frame.nav_lineage')}</Link></li>
        {data && <li><Link href={href(workspace, 'data', data[1] as string, data[2] as string)}>{t('model.data', { name: `${data[1]} · v${data[2]}` })}</Link></li>}
      </ul>
      {model.versions.length > 1 && (
        <>
          <h2>{t('model.versions')}</h2>
          <p className="versions">
            {model.versions.map((version) => (
              <Link key={version} href={href(workspace, 'models', model.name, version)} aria-current={version === model.version ? 'page' : undefined}>{`v${version}`}</Link>
            ))}
          </p>
        </>
      )}
      <h2>{t('model.features', { count: model.features.length })}</h2>
      <p className="names" dir="auto">{[...model.features.slice(0, 60), ...(model.features.length > 60 ? ['…'] : [])].join(t.language === 'en' ? ', ' : '、')}</p>
      {model.excluded.length > 0 && (
        <>
          <h2>{t('model.excluded')}</h2>
          <Facts items={model.excluded.map((each) => [<span key="c" dir="auto">{each.column}</span>, <span key="w" dir="auto">{excludedWhy(t, each.why)}</span>] as const)} />
        </>
      )}
    </>
  );
}

/** The learner's reason in the reader's language where it is one of the known ones. */
function excludedWhy(t: Translate, why: string): string {
  const key = `model.excluded_${why.toLowerCase().replace(/[^a-z]+/g, '_')}`;
  return t.has(key) ? t(key) : why;
}
