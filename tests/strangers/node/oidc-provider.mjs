// The npm package oidc-provider, unmodified and certified, as the identity in front of an Orchestrator that is not
// ours: tokens live for seconds, refresh tokens rotate, and one that comes back ends the session.
import { createServer } from "node:http";

import Provider from "oidc-provider";

const facts = JSON.parse(process.argv[2]);

const configuration = {
  clients: [
    {
      client_id: "app",
      client_secret: facts.secret,
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: "client_secret_post",
      scope: "OR.Jobs",
    },
    {
      client_id: "desk",
      application_type: "native",
      grant_types: ["authorization_code", "refresh_token"],
      redirect_uris: [facts.redirectUri],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
  ],
  cookies: { keys: ["of no matter"] },
  features: { clientCredentials: { enabled: true }, introspection: { enabled: true } },
  rotateRefreshToken: true,
  scopes: ["openid", "offline_access", "OR.Jobs"],
  ttl: {
    AccessToken: facts.lifetime,
    ClientCredentials: facts.lifetime,
    Grant: 3600,
    IdToken: 60,
    Interaction: 60,
    RefreshToken: 3600,
    Session: 3600,
  },
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  server.on("request", new Provider(url, configuration).callback());
  console.log(JSON.stringify({ url }));
});
// Whoever started it closes its input, or is gone.
process.stdin.on("end", () => process.exit(0)).resume();
