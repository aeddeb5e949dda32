import { Component, type ReactNode } from 'react';
import { Problem } from './problem.tsx';

interface BoundaryProps {
  readonly children: ReactNode;
}

/** What cannot be drawn is said in its place; give it the address as its key, so that the next screen begins anew. */
export class Boundary extends Component<BoundaryProps, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <Problem error={this.state.error} what="This screen cannot be shown: reload the page" />;
  }
}
