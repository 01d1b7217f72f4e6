import { Component, type ReactNode } from 'react';
import { ErrorPanel, problemOf } from '../ui/states';

interface Props {
  children: ReactNode;
  /** a new value tries again: the address */
  at?: string;
}

/** Keeps a mistake in one page from taking the frame with it. */
export class Boundary extends Component<Props, { error: unknown; at: string | undefined }> {
  override state: { error: unknown; at: string | undefined } = { error: null, at: this.props.at };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  static getDerivedStateFromProps(props: Props, state: { error: unknown; at: string | undefined }): object | null {
    return props.at === state.at ? null : { error: null, at: props.at };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    // After a new start of the server files have new names: reloading fetches them.
    return <ErrorPanel problem={problemOf(this.state.error)} onRetry={() => location.reload()} />;
  }
}
