-- The check of nginx + lua: SHA-256 of the key, its holder, and what the holder's role may call.
local ffi = require "ffi"
ffi.cdef [[ unsigned char *SHA256(const unsigned char *text, size_t length, unsigned char *digest); ]]

local DIGEST_BYTES = 32
local digest = ffi.new("unsigned char[?]", DIGEST_BYTES)
local gate, holders, paths, pattern = {}, {}, {}, nil

local function from_hexadecimal(text)
  return (text:gsub("..", function(pair) return string.char(tonumber(pair, 16)) end))
end

function gate.load(directory)
  for line in io.lines(directory .. "/keys.txt") do
    local hash, holder = line:match("^(%x+) (.+)$")
    holders[from_hexadecimal(hash)] = holder
  end
  for line in io.lines(directory .. "/paths.txt") do
    paths[line] = true
  end
  local patterns = {}
  for line in io.lines(directory .. "/patterns.txt") do
    patterns[#patterns + 1] = line
  end
  pattern = "^(?:" .. table.concat(patterns, "|") .. ")$"
end

function gate.check()
  local authorization = ngx.var.http_authorization
  local key = authorization and authorization:match("^Bearer (.+)$")
  if not key then
    return ngx.exit(401)
  end
  ffi.C.SHA256(key, #key, digest)
  local holder = holders[ffi.string(digest, DIGEST_BYTES)]
  if not holder then
    return ngx.exit(401)
  end
  -- nginx has decoded and normalised this path, and this is what it sends on.
  local asked = holder:match("^%a+") .. ":" .. ngx.req.get_method() .. ":" .. ngx.var.uri
  if not paths[asked] and not ngx.re.find(asked, pattern, "jo") then
    return ngx.exit(403)
  end
  ngx.var.holder = holder
end

return gate
