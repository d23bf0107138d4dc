import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { Translation } from 'react-i18next';
import { Message } from './message.tsx';

/** Shows a message in place of what crashed while rendering. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <Translation>
        {(t) => (
          <Message
            title={t('app.crashed')}
            hint={t('app.crashedHint')}
            detail={error instanceof Error ? error.message : String(error)}
            kind="error"
            isFullPage
          >
            <Button onClick={() => window.location.reload()}>{t('app.reload')}</Button>
          </Message>
        )}
      </Translation>
    );
  }
}
