import { Button, Text } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import { usePermission } from '../../components/session-context.ts';
import { filesOfDrop } from '../../dicomweb/dropped-files.ts';
import { UploadReport } from './upload-report.tsx';
import { type Upload, useUpload } from './use-upload.ts';

function UploadButtons({ onChoose }: { onChoose: (files: File[]) => void }): ReactNode {
  const { t } = useTranslation();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const choose = (input: HTMLInputElement) => {
    onChoose([...(input.files ?? [])]);
    // The same files may be chosen again.
    input.value = '';
  };
  return (
    <>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        onChange={(event) => choose(event.currentTarget)}
        data-testid="upload-files-input"
      />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        {...{ webkitdirectory: '' }}
        onChange={(event) => choose(event.currentTarget)}
        data-testid="upload-folder-input"
      />
      <Button variant="default" leftSection={<Icon name="upload" />} onClick={() => files.current?.click()}>
        {t('upload.files')}
      </Button>
      <Button variant="default" leftSection={<Icon name="folder" />} onClick={() => folder.current?.click()}>
        {t('upload.folder')}
      </Button>
    </>
  );
}

/** Whether files are dragged over the page now; gives those that are dropped anywhere on it to `onDrop`. */
function useDroppedFiles(isAccepting: boolean, onDrop: Upload['start']): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    if (!isAccepting) return;
    // Dragging over a child leaves its parent: count, so that the target does not flicker.
    let depth = 0;
    const listen = (
      type: 'dragenter' | 'dragleave' | 'dragover' | 'drop',
      act: (data: DataTransfer) => void,
    ) => {
      const listener = (event: DragEvent) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        act(event.dataTransfer);
      };
      window.addEventListener(type, listener);
      return () => window.removeEventListener(type, listener);
    };
    const move = (change: number) => {
      depth = Math.max(0, depth + change);
      setIsOver(depth > 0);
    };
    const stops = [
      listen('dragenter', () => move(1)),
      listen('dragleave', () => move(-1)),
      listen('dragover', () => {}),
      listen('drop', (data) => {
        move(-depth);
        void filesOfDrop(data).then(({ files, unreadable }) => onDrop(files, unreadable));
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [isAccepting, onDrop]);
  return isOver;
}

/** A page that takes files dropped anywhere on it, where the one signed in may store. */
export function UploadArea(props: {
  onStored: () => void;
  render: (buttons: ReactNode) => ReactNode;
}): ReactNode {
  const { t } = useTranslation();
  const mayStore = usePermission('dicom:store');
  const upload = useUpload(props.onStored);
  const isOver = useDroppedFiles(mayStore, upload.start);
  return (
    <>
      {props.render(mayStore ? <UploadButtons onChoose={upload.start} /> : null)}
      {isOver ? (
        <div className="drop-target" aria-hidden="true">
          <Icon name="upload" size={48} />
          <Text size="xl" fw={600}>
            {t('upload.drop')}
          </Text>
          <Text c="dark.1">{t('upload.dropHint')}</Text>
        </div>
      ) : null}
      <UploadReport upload={upload} />
    </>
  );
}
