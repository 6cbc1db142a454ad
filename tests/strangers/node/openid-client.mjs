// The npm package openid-client, unmodified: signs people and applications in against Stagedoor's identity.
import * as client from "openid-client";

import run from "./scenarios.cjs";

async function discover({ baseUrl, clientId, clientSecret, basic }) {
  const authentication = basic ? client.ClientSecretBasic(clientSecret) : undefined;
  const issuer = new URL("/identity_", baseUrl);
  const config = await client.discovery(issuer, clientId, clientSecret, authentication, {
    execute: [client.allowInsecureRequests],
  });
  // Signatures are checked against the published keys too, not only the way that a token came.
  client.enableNonRepudiationChecks(config);
  return config;
}

const callApi = async (url, { folderPath }, accessToken) => {
  const headers = { authorization: `Bearer ${accessToken}`, "x-uipath-folderpath": folderPath };
  return (await fetch(url, { headers })).status;
};

async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return { error: error.error, reason: error.cause?.message };
  }
  return null;
}

function exchange(config, { callback, begun }) {
  return client.authorizationCodeGrant(config, new URL(callback), {
    pkceCodeVerifier: begun.verifier,
    expectedState: begun.state,
    expectedNonce: begun.nonce,
    idTokenExpected: true,
  });
}

run({
  async begin(facts) {
    const config = await discover(facts);
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: facts.redirectUri,
      scope: facts.scope,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
    });
    return { url: url.href, verifier, state, nonce };
  },

  async finish(facts) {
    const config = await discover(facts);
    const tokens = await exchange(config, facts);
    const claims = tokens.claims();
    const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    const status = await callApi(facts.apiUrl, facts, tokens.access_token);
    const codeAgain = await refusal(() => exchange(config, facts));
    return { claims, userinfo, scope: tokens.scope, status, codeAgain };
  },

  async refresh(facts) {
    const config = await discover(facts);
    const first = await exchange(config, facts);
    const second = await client.refreshTokenGrant(config, first.refresh_token);
    const rotated = second.refresh_token !== first.refresh_token;
    const statusBefore = await callApi(facts.apiUrl, facts, second.access_token);
    await client.tokenRevocation(config, second.refresh_token);
    const afterwards = await refusal(() => client.refreshTokenGrant(config, second.refresh_token));
    return { rotated, sameSubject: second.claims().sub === first.claims().sub, statusBefore, afterwards };
  },

  async wrongAnswers(facts) {
    const config = await discover(facts);
    const changed = (name, value) => {
      const callback = new URL(facts.callback);
      callback.searchParams.set(name, value);
      return refusal(() => exchange(config, { ...facts, callback: callback.href }));
    };
    return {
      state: await changed("state", "somebody else's"),
      issuer: await changed("iss", "https://elsewhere.example/identity_"),
      verifier: await refusal(() =>
        exchange(config, { ...facts, begun: { ...facts.begun, verifier: client.randomPKCECodeVerifier() } }),
      ),
    };
  },

  async application(facts) {
    const config = await discover(facts);
    const { access_token: token, ...granted } = await client.clientCredentialsGrant(config, { scope: facts.scope });
    const allowed = await callApi(facts.apiUrl, facts, token);
    const refused = await callApi(facts.otherApiUrl, facts, token);
    const before = await client.tokenIntrospection(config, token);
    await client.tokenRevocation(config, token);
    const after = await client.tokenIntrospection(config, token);
    return { granted, allowed, refused, before, after, afterwards: await callApi(facts.apiUrl, facts, token) };
  },

  async applicationRefused(facts) {
    const config = await discover(facts);
    return refusal(() => client.clientCredentialsGrant(config, { scope: facts.scope }));
  },
});
