export { connect } from './node/connect.js';
export { optionsFromEnvironment, type Environment } from './node/environment.js';
export { downloadFile, uploadFile, uploadFolder } from './node/files.js';
export { LocalStore, localPath } from './node/local-store.js';
export { tlsFetch, type TlsOptions } from './node/tls.js';
