// The lifecycle: five stages on a thread. Octagon filled with a tick = done, gold = now, open = to do, cross = blocked.
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import type { StageKey, StageState } from '../api/types';
import { useT } from '../i18n';
import { Dialog } from '../ui/dialog';
import { useOverview } from './overview_data';
import { STAGES, useDestinations } from './places';
import { usePlace } from './route';

const OCTAGON = 'M5.300 1.500h7.400l3.800 3.800v7.400l-3.800 3.800H5.300L1.500 12.700V5.300z';
const SIGN: Partial<Record<StageState, string>> = { done: 'M5.500 9.300l2.500 2.500 4.500-5', blocked: 'M6.300 6.300l5.400 5.400M11.700 6.300l-5.400 5.400' };

export function StageMark({ state }: { state: StageState }): ReactNode {
  return (
    <svg className={`stage-mark stage-${state}`} viewBox="0 0 18 18" width="18" height="18" aria-hidden="true">
      <path className="stage-body" d={OCTAGON} />
      {SIGN[state] && <path className="stage-sign" d={SIGN[state]} />}
    </svg>
  );
}

function useStages(): { key: StageKey; state: StageState; why: string }[] {
  const t = useT();
  const overview = useOverview();
  return STAGES.map((key) => {
    const stage = overview.data?.stages.find((each) => each.key === key);
    return { key, state: stage?.state ?? 'todo', why: stage ? t.message(stage.why) : '' };
  });
}

function StageList({ onGo }: { onGo?: () => void }): ReactNode {
  const t = useT();
  const { spec } = usePlace();
  const stages = useStages();
  const destinations = useDestinations();
  return (
    <ol className="stages">
      {stages.map((stage) => (
        <li key={stage.key} className="stage">
          <StageMark state={stage.state} />
          <h2 title={stage.why || undefined}>
            {t(`frame.stage_${stage.key}`)}
            <span className="sr">: {t(`frame.stage_state_${stage.state}`)}</span>
          </h2>
          <ul>
            {destinations
              .filter((each) => each.stage === stage.key)
              .map((each) => (
                <li key={each.key}>
                  <Link href={each.href} aria-current={each.key === spec?.key ? 'page' : undefined} onClick={onGo}>
                    {each.title}
                  </Link>
                </li>
              ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

/** Wide: the whole rail. Middle: five octagons. Small: a bar at the lower edge. The last two open the rail as a sheet. */
export function Rail(): ReactNode {
  const t = useT();
  const [open, setOpen] = useState(false);
  const { spec } = usePlace();
  const stages = useStages();
  return (
    <nav className="rail" aria-label={t('frame.lifecycle')}>
      <div className="rail-full">
        <StageList />
      </div>
      <button type="button" className="rail-small" aria-haspopup="dialog" title={t('frame.open_lifecycle')} onClick={() => setOpen(true)}>
        <span className="sr">{t('frame.lifecycle')}</span>
        {stages.map((stage) => (
          <span key={stage.key} className={stage.key === spec?.stage ? 'rail-step rail-here' : 'rail-step'}>
            <StageMark state={stage.state} />
            <span className="rail-word">{t(`frame.stage_${stage.key}_short`)}</span>
          </span>
        ))}
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title={t('frame.lifecycle')} kind="sheet">
        <StageList onGo={() => setOpen(false)} />
      </Dialog>
    </nav>
  );
}
