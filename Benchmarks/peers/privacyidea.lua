-- For wrk: each request a fresh code of another token, from lines "TOKEN CODE" of a file; counts those that were right.
--
--   wrk -t1 -c64 -d8s -s privacyidea.lua http://127.0.0.1:8091 -- codes
function setup(thread) worker = thread end
function init(args)
  lines, at, accepted, refused = {}, 0, 0, 0
  for line in io.lines(args[1]) do lines[#lines + 1] = line end
end
function request()
  at = at % #lines + 1
  local token, code = lines[at]:match("(%S+) (%S+)")
  return wrk.format("POST", "/validate/check", { ["Content-Type"] = "application/x-www-form-urlencoded" },
    "serial=" .. token .. "&pass=" .. code)
end
function response(status, headers, body)
  if body:find('"value": true', 1, true) then accepted = accepted + 1 else refused = refused + 1 end
end
function done(summary)
  print("Accepted: " .. worker:get("accepted") .. " refused: " .. worker:get("refused"))
end
