import { MemoryBlobStore } from '../../../../storage/blobs/memory-blob-store.ts';
import { describeBlobStore } from './blob-store-contract.ts';

describeBlobStore('the memory store', async () => ({
  store: new MemoryBlobStore(),
  countUnfinished: async () => 0,
  remove: async () => {},
}));
