import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { Icon, type IconName } from './icon';

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  icon?: IconName;
  /** why it cannot be pressed: it stays reachable, and says so */
  because?: string | undefined;
  ref?: Ref<HTMLButtonElement>;
}

/** A button of the studio; with `because` it is disabled with the reason as its description. */
export function Button({ kind = 'plain', icon, because, children, className, onClick, ...rest }: Props): ReactNode {
  const names = ['button', `button-${kind}`, children ? '' : 'button-icon', className ?? ''].filter(Boolean).join(' ');
  return (
    <button
      type="button"
      className={names}
      {...rest}
      {...(because ? { 'aria-disabled': true, title: because } : {})}
      onClick={because ? undefined : onClick}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
