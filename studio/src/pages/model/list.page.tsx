import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useRead, useWorkspace } from '../../api/hooks';
import type { ModelItem, Page as PageOf } from '../../api/types';
import { useT } from '../../i18n';
import { text } from '../../state/codec';
import { href } from '../../state/href';
import { useViewState } from '../../state/use_view_state';
import { Chip, Digest, Time } from '../../ui/bits';
import { Button } from '../../ui/button';
import { Page } from '../../ui/page';
import { StateMark } from '../../ui/state_mark';
import { Await, Empty } from '../../ui/states';
import { Table } from '../../ui/table';

const codec = { after: text() };

export default function ModelsPage(): ReactNode {
  const t = useT();
  const workspace = useWorkspace();
  const { state, set } = useViewState(codec);
  const models = useRead<PageOf<ModelItem>>(`view/models?limit=50${state.after ? `&after=${encodeURIComponent(state.after)}` : ''}`);
  return (
    <Page title={t('frame.nav_models')}>
      <Await of={models} empty={(data) => (data.items.length ? null : <Empty title={t('model.none')} why={t('model.none_why')} command="assay run assay.yaml" />)}>
        {(data) => (
          <>
            <Table
              caption={t('frame.nav_models')}
              rows={data.items}
              rowKey={(model) => model.ref}
              columns={[
                {
                  key: 'name',
                  title: t('model.model'),
                  wide: true,
                  cell: (model) => (
                    <>
                      <Link href={href(workspace, 'models', model.name, model.version)}>{`${model.name} · v${model.version}`}</Link>{' '}
                      {model.aliases.map((alias) => <Chip key={alias}>{alias}</Chip>)}
                    </>
                  ),
                },
                { key: 'learner', title: t('model.learner'), hide: 'narrow', cell: (model) => model.learner },
                { key: 'state', title: t('model.verdict'), cell: (model) => <StateMark state={model.state} /> },
                { key: 'signed', title: t('frame.signature'), hide: 'narrow', cell: (model) => t(model.signed ? 'frame.signature_signed' : 'frame.signature_none') },
                { key: 'created', title: t('model.created'), hide: 'narrow', cell: (model) => <Time at={model.created} /> },
                { key: 'digest', title: t('model.digest'), hide: 'middle', cell: (model) => <Digest value={model.digest} /> },
              ]}
            />
            {data.next && <p><Button onClick={() => set({ after: data.next as string }, true)}>{t('model.older')}</Button></p>}
          </>
        )}
      </Await>
    </Page>
  );
}
