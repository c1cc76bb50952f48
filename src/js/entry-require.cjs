// @ts-nocheck: what it requires is beside it in the package.
/** The default entry for who calls `require()`: as that of socket.io-client, a function with all that is exported. */
const client = require("./index.js");

module.exports = Object.assign(client.io, client, { default: client.io });
