import { Button, Text } from '@mantine/core';
import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icons.tsx';
import { usePermission } from '../../components/session-context.ts';
import { filesOfDrop } from '../../dicomweb/dropped-files.ts';
import { UploadReport } from './upload-report.tsx';
import { useUpload } from './use-upload.ts';

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

/** A page that takes files dropped anywhere on it, where the one signed in may store. */
export function UploadArea(props: {
  onStored: () => void;
  render: (buttons: ReactNode) => ReactNode;
}): ReactNode {
  const { t } = useTranslation();
  const mayStore = usePermission('dicom:store');
  const upload = useUpload(props.onStored);
  // Dragging over a child leaves the parent: count, so that the target does not flicker.
  const depth = useRef(0);
  const [isOver, setIsOver] = useState(false);
  const accepts = (event: DragEvent) => mayStore && event.dataTransfer.types.includes('Files');
  const move = (event: DragEvent, change: number) => {
    if (!accepts(event)) return;
    depth.current = Math.max(0, depth.current + change);
    setIsOver(depth.current > 0);
  };
  const drop = async (event: DragEvent) => {
    if (!accepts(event)) return;
    event.preventDefault();
    depth.current = 0;
    setIsOver(false);
    upload.start(await filesOfDrop(event.dataTransfer));
  };
  return (
    <section
      className="upload-area"
      aria-label={t('list.title')}
      onDragEnter={(event) => move(event, 1)}
      onDragLeave={(event) => move(event, -1)}
      onDragOver={(event) => accepts(event) && event.preventDefault()}
      onDrop={(event) => void drop(event)}
      data-testid="upload-area"
    >
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
    </section>
  );
}
