import { Modal, type ModalProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { OwnFocus } from './own-focus.tsx';

/** The Escape key that closes a dialog has done its work: it is not also a command of the page. */
export function takeKey(): void {
  const { event } = window;
  if (event instanceof KeyboardEvent) event.preventDefault();
}

type DialogProps = Omit<ModalProps, 'returnFocus' | 'transitionProps' | 'closeButtonProps'>;

/** A modal dialog that is there with the key that opens it, and has the focus from then on until it gives it back. */
export function Dialog({ children, onClose, ...others }: DialogProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      {...others}
      onClose={() => {
        takeKey();
        onClose();
      }}
      returnFocus={false}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': t('app.close') }}
    >
      <OwnFocus />
      {children}
    </Modal>
  );
}
