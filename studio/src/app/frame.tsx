import { type ReactNode, useState } from 'react';
import { useT } from '../i18n';
import { Toasts } from '../ui/toast';
import { Banner } from './banner';
import { useKeyboard } from './keyboard';
import { useFreshness } from './overview_data';
import { Palette } from './palette';
import { useDestinations } from './places';
import { KeysDialog, PreferencesDialog } from './preferences_dialog';
import { Rail } from './rail';
import { TopBar } from './top_bar';

type Open = 'palette' | 'preferences' | 'keys' | null;

export function Frame({ children }: { children: ReactNode }): ReactNode {
  const t = useT();
  const [open, setOpen] = useState<Open>(null);
  const destinations = useDestinations();
  const close = (): void => setOpen(null);
  useFreshness();
  useKeyboard(destinations, { palette: () => setOpen('palette'), help: () => setOpen('keys') });
  return (
    <div className="shell">
      <TopBar onSearch={() => setOpen('palette')} onPreferences={() => setOpen('preferences')} />
      <Rail />
      <main id="main" className="main" tabIndex={-1}>
        <Banner />
        {children}
        <p className="colophon">{t('frame.colophon')}</p>
      </main>
      <Palette open={open === 'palette'} onClose={close} onOpen={setOpen} destinations={destinations} />
      <PreferencesDialog open={open === 'preferences'} onClose={close} />
      <KeysDialog open={open === 'keys'} onClose={close} />
      <Toasts />
    </div>
  );
}
