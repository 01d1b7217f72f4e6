// What the rail, the palette and the keys lead to.
import { useMemo } from 'react';
import { useWorkspace } from '../api/hooks';
import type { StageKey } from '../api/types';
import { useT } from '../i18n';
import { href } from '../state/href';
import { useModelPlace, useOverview } from './overview_data';

export interface Destination {
  key: string;
  title: string;
  href: string;
  stage: StageKey;
}

export const STAGES: readonly StageKey[] = ['define', 'data', 'train', 'evaluate', 'deploy'];

/** Pages that exist for this workspace now, by stage. */
export function useDestinations(): Destination[] {
  const t = useT();
  const workspace = useWorkspace();
  const overview = useOverview();
  const model = useModelPlace();
  const data = overview.data?.data[0];
  const hasModels = (overview.data?.models.length ?? 0) > 1;
  return useMemo(() => {
    if (!workspace) return [];
    const list: Destination[] = [];
    const add = (stage: StageKey, key: string, title: string, ...parts: (string | number)[]): void => {
      list.push({ key, title, href: href(workspace, ...parts), stage });
    };
    add('define', 'overview', t('frame.nav_overview'));
    add('data', 'data', t('frame.nav_data'), 'data');
    if (data) add('data', 'data-version', t('frame.nav_columns'), 'data', data.name, data.version);
    add('train', 'runs', t('frame.nav_runs'), 'runs');
    if (hasModels) add('train', 'models', t('frame.nav_models'), 'models');
    if (model) {
      add('evaluate', 'fairness', t('frame.nav_fairness'), 'models', model.name, model.version, 'evaluate', 'fairness');
      add('evaluate', 'report', t('frame.nav_report'), 'models', model.name, model.version, 'report');
      add('evaluate', 'card', t('frame.nav_card'), 'models', model.name, model.version, 'card');
      add('deploy', 'model', t('frame.nav_hallmark'), 'models', model.name, model.version);
    }
    add('deploy', 'lineage', t('frame.nav_lineage'), 'lineage');
    add('deploy', 'audit', t('frame.nav_audit'), 'audit');
    return list;
  }, [t, workspace, data?.name, data?.version, model?.name, model?.version, hasModels]);
}
