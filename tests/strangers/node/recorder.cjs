// A server on Node's own lenient parser that writes down each request it believes to have received, a line of JSON
// each, to standard output. The first line tells its port.
const http = require("node:http");

const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");

const server = http.createServer({ insecureHTTPParser: true }, (request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("error", () => {});
  request.on("close", () => {
    if (!request.complete) tell({ method: request.method, target: request.url, torn: true });
  });
  request.on("end", () => {
    tell({ method: request.method, target: request.url, body: Buffer.concat(pieces).toString("latin1") });
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ target: request.url }));
  });
});
server.on("clientError", (wrong, socket) => {
  // A connection that is given up says nothing about its requests.
  if (wrong.code !== "ECONNRESET" && wrong.code !== "HPE_INVALID_EOF_STATE") tell({ malformed: wrong.code });
  socket.destroy();
});
server.listen(0, "127.0.0.1", () => tell({ port: server.address().port }));
