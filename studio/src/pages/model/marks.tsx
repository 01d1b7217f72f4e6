// The row of punch marks: each a button; the pressed one tells its rules and evidence.
import type { ReactNode } from 'react';
import { segments, useWorkspace } from '../../api/hooks';
import type { MarkName, ModelView } from '../../api/types';
import { useT } from '../../i18n';
import { Digest } from '../../ui/bits';
import { MarkShape, allMarks } from '../../ui/punch_marks';
import { RuleTable } from '../../ui/rule_table';
import { STATE_GLYPH, StateMark } from '../../ui/state_mark';

interface Props {
  model: ModelView;
  selected: MarkName | '';
  onSelect: (mark: MarkName | '') => void;
}

export function Marks({ model, selected, onSelect }: Props): ReactNode {
  const t = useT();
  const marks = allMarks(model.marks);
  const shown = marks.find((mark) => mark.name === selected);
  return (
    <section className="hallmark" aria-label={t('model.hallmark')}>
      <ul className="hallmark-row">
        {marks.map((mark) => (
          <li key={mark.name}>
            <button type="button" className={`hallmark-mark hallmark-${mark.state}`} aria-expanded={mark.name === selected} aria-controls="mark-panel" onClick={() => onSelect(mark.name === selected ? '' : mark.name)}>
              <MarkShape name={mark.name} state={mark.state} size={52} />
              <span className="hallmark-name">{t(`frame.mark_${mark.name}`)}</span>
              <span className="hallmark-state"><span aria-hidden="true">{STATE_GLYPH[mark.state]} </span>{t(`frame.state_${mark.state}`)}</span>
            </button>
          </li>
        ))}
      </ul>
      <div id="mark-panel" className="hallmark-panel" hidden={!shown}>
        {shown && (
          <>
            <p>
              <strong>{t(`frame.mark_${shown.name}`)}</strong> <StateMark state={shown.state} />
            </p>
            <p className="note">{t(`model.mark_${shown.name}`)}</p>
            {shown.rules.length > 0 && model.verdict ? (
              <RuleTable verdict={model.verdict} only={shown.rules} />
            ) : (
              <p>{t('model.mark_no_rule')}</p>
            )}
            {shown.evidence.length > 0 && (
              <p className="hallmark-evidence">
                {t('frame.evidence')}: {shown.evidence.map((digest) => <Digest key={digest} value={digest} link />)}
              </p>
            )}
          </>
        )}
      </div>
    </section>
  );
}

/** The address of the hallmark's bytes; the server's own link where it gives one. */
export function useHallmarkHref(model: ModelView): string | null {
  const workspace = useWorkspace();
  if (!model.hallmark) return null;
  return model.hallmark.href || `/api/v1/w/${segments(workspace)}/assets/hallmark/${segments(model.name, model.version)}/content`;
}

