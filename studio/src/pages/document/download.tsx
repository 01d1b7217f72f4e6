import type { ReactNode } from 'react';
import { Button } from '../../ui/button';

/** Saves a text that the page already has. */
export function Download({ name, type, text, title }: { name: string; type: string; text: string; title: string }): ReactNode {
  const save = (): void => {
    const address = URL.createObjectURL(new Blob([text], { type }));
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  };
  return <Button icon="download" data-export="" onClick={save}>{title}</Button>;
}
