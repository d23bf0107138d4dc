import { DATA_SETS, type TransactionRow } from '../transaction.ts';
import { changeStateTransaction } from './change-state.ts';
import { createTransaction } from './create.ts';
import { openEventChannel } from './event-channel.ts';
import { requestCancellationTransaction } from './request-cancellation.ts';
import { retrieveTransaction } from './retrieve.ts';
import { searchTransaction } from './search.ts';
import { subscribeTransaction, suspendTransaction, unsubscribeTransaction } from './subscribe.ts';
import { updateTransaction } from './update.ts';

const WORK_ITEM = '/workitems/{workitem}';
const SUBSCRIBER = `${WORK_ITEM}/subscribers/{aetitle}`;

const ONE_DATA_SET: readonly string[] = [
  'application/dicom+json',
  'application/json',
  'application/dicom+xml',
];
const NO_ANSWER = { produces: [], query: ['accept', 'charset'] };

const create: TransactionRow = {
  method: 'POST',
  template: '/workitems',
  transaction: 'Create Workitem',
  section: 'PS3.18 11.4',
  permission: 'worklist:create',
  consumes: ONE_DATA_SET,
  produces: [],
  query: ['workitem', 'accept', 'charset'],
  run: createTransaction,
};

const retrieve: TransactionRow = {
  method: 'GET',
  template: WORK_ITEM,
  transaction: 'Retrieve Workitem',
  section: 'PS3.18 11.5',
  permission: 'worklist:read',
  consumes: [],
  produces: [...ONE_DATA_SET, 'multipart/related; type="application/dicom+xml"'],
  query: ['accept', 'charset'],
  run: retrieveTransaction,
};

const update: TransactionRow = {
  method: 'POST',
  template: WORK_ITEM,
  transaction: 'Update Workitem',
  section: 'PS3.18 11.6',
  // What is scheduled takes worklist:create too, what is in progress worklist:perform: see update.ts.
  permission: 'worklist:update',
  consumes: ONE_DATA_SET,
  produces: [],
  query: ['transaction-uid', 'accept', 'charset'],
  run: updateTransaction,
};

const changeState: TransactionRow = {
  method: 'PUT',
  template: `${WORK_ITEM}/state`,
  transaction: 'Change Workitem State',
  section: 'PS3.18 11.7',
  permission: 'worklist:perform',
  consumes: ONE_DATA_SET,
  ...NO_ANSWER,
  run: changeStateTransaction,
};

const requestCancellation: TransactionRow = {
  method: 'POST',
  template: `${WORK_ITEM}/cancelrequest`,
  transaction: 'Request Cancellation',
  section: 'PS3.18 11.8',
  permission: 'worklist:create',
  consumes: ONE_DATA_SET,
  produces: [],
  query: ['requester', 'accept', 'charset'],
  run: requestCancellationTransaction,
};

const search: TransactionRow = {
  method: 'GET',
  template: '/workitems',
  transaction: 'Search Workitems',
  section: 'PS3.18 11.9',
  permission: 'worklist:read',
  consumes: [],
  produces: DATA_SETS,
  query: [
    '{attributeID}',
    'includefield',
    'fuzzymatching',
    'emptyvaluematching',
    'multiplevaluematching',
    'limit',
    'offset',
    'orderby',
    'accept',
    'charset',
  ],
  run: searchTransaction,
};

const subscribe: TransactionRow = {
  method: 'POST',
  template: SUBSCRIBER,
  transaction: 'Subscribe',
  section: 'PS3.18 11.10',
  permission: 'worklist:subscribe',
  consumes: [],
  produces: [],
  query: ['deletionlock', 'filter', '{attributeID}', 'accept', 'charset'],
  run: subscribeTransaction,
};

const unsubscribe: TransactionRow = {
  method: 'DELETE',
  template: SUBSCRIBER,
  transaction: 'Unsubscribe',
  section: 'PS3.18 11.11',
  permission: 'worklist:subscribe',
  consumes: [],
  ...NO_ANSWER,
  run: unsubscribeTransaction,
};

const suspend: TransactionRow = {
  method: 'POST',
  template: `${SUBSCRIBER}/suspend`,
  transaction: 'Suspend Global Subscription',
  section: 'PS3.18 11.12',
  permission: 'worklist:subscribe',
  consumes: [],
  ...NO_ANSWER,
  run: suspendTransaction,
};

const openChannel: TransactionRow = {
  method: 'GET',
  template: '/ws/subscribers/{aetitle}',
  transaction: 'Open Notification Connection',
  section: 'PS3.18 8.10.4',
  permission: 'worklist:subscribe',
  consumes: [],
  ...NO_ANSWER,
  run: openEventChannel,
};

/** PS3.18 Table 11.3-1. Those of dcm4chee's clients tell at the end of the path who asks. */
export const worklistRows: readonly TransactionRow[] = [
  create,
  retrieve,
  update,
  changeState,
  { ...changeState, template: `${changeState.template}/{requester}` },
  requestCancellation,
  { ...requestCancellation, template: `${requestCancellation.template}/{requester}` },
  search,
  subscribe,
  unsubscribe,
  suspend,
  openChannel,
];
