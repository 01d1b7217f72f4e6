import type { ReactNode } from 'react';
import { useT } from '../i18n';
import { setPreferences, usePreferences } from '../state/preferences';
import { Dialog } from '../ui/dialog';
import { LanguageSelect } from './language_select';
import { ThemeSelect } from './top_bar';

export function PreferencesDialog({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const t = useT();
  const { letters } = usePreferences();
  return (
    <Dialog open={open} onClose={onClose} title={t('frame.preferences')}>
      <dl className="facts preferences">
        <div>
          <dt>{t('frame.language')}</dt>
          <dd><LanguageSelect /></dd>
        </div>
        <div>
          <dt>{t('frame.theme')}</dt>
          <dd><ThemeSelect /></dd>
        </div>
        <div>
          <dt>{t('frame.keyboard')}</dt>
          <dd>
            <label className="check">
              <input type="checkbox" checked={letters} onChange={(event) => setPreferences({ letters: event.target.checked })} />
              {t('frame.letters')}
            </label>
          </dd>
        </div>
      </dl>
      <p className="note">{t('frame.preferences_note')}</p>
    </Dialog>
  );
}

const KEYS: readonly (readonly [string, string])[] = [
  ['Ctrl K · ⌘ K', 'keys_palette'],
  ['g o', 'nav_overview'],
  ['g d', 'nav_data'],
  ['g r', 'nav_runs'],
  ['g e', 'nav_fairness'],
  ['g m', 'nav_hallmark'],
  ['g l', 'nav_lineage'],
  ['g a', 'nav_audit'],
  ['/', 'keys_filter'],
  ['[ ]', 'keys_stage'],
  ['x', 'keys_export'],
  ['?', 'keys_help'],
  ['←→ ↑↓', 'keys_chart'],
  ['t', 'keys_table'],
  ['s', 'keys_sound'],
  ['Esc', 'keys_escape'],
];

export function KeysDialog({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const t = useT();
  return (
    <Dialog open={open} onClose={onClose} title={t('frame.keyboard')}>
      <dl className="facts keys">
        {KEYS.map(([keys, what]) => (
          <div key={what}>
            <dt><kbd>{keys}</kbd></dt>
            <dd>{t(`frame.${what}`)}</dd>
          </div>
        ))}
      </dl>
      <p className="note">{t('frame.letters_note')}</p>
    </Dialog>
  );
}
