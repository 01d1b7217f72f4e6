import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useT } from '../i18n';
import { Button } from './button';

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  /** `sheet` rises from the lower edge on small screens */
  kind?: 'box' | 'sheet' | 'palette';
  children: ReactNode;
}

/** The browser's own modal dialog: focus, Escape and the ground behind it come with it. */
export function Dialog({ open, onClose, title, kind = 'box', children }: Props): ReactNode {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  const t = useT();
  useEffect(() => {
    const dialog = element.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={element}
      className={`dialog dialog-${kind}`}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === element.current) onClose();
      }}
    >
      {open && (
        <div className="dialog-inner">
          <header className={kind === 'palette' ? 'sr' : 'dialog-head'}>
            <h2 id={id}>{title}</h2>
            {kind !== 'palette' && <Button kind="quiet" icon="close" aria-label={t('frame.close')} onClick={onClose} />}
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}
