-- For wrk: each request a fresh code of another user, from lines "USER CODE" of a file, dealt out among the threads.
--
--   echo "setup 0 100000" | verifier-load sqlite:PATH; echo "codes 100000" | verifier-load sqlite:PATH | grep ^u > codes
--   service-load PATH KEYFILE 127.0.0.1:8090 > token &
--   wrk -t2 -c64 -d8s --latency -s verify.lua http://127.0.0.1:8090 -- /v1/users/USER/verify token codes 2
--
-- and the same with /constant/USER/verify, for what is left when nothing is verified.
local threads = 0
function setup(thread) thread:set("id", threads); threads = threads + 1 end
function init(args)
  path, file, count = args[1], args[3], tonumber(args[4])
  local token = io.open(args[2]):read()
  lines = {}
  local n = 0
  for line in io.lines(file) do
    if n % count == id then lines[#lines + 1] = line end
    n = n + 1
  end
  at = 0
  headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
end
function request()
  at = at + 1
  if at > #lines then at = 1 end
  local user, code = lines[at]:match("(%S+) (%S+)")
  return wrk.format("POST", (path:gsub("USER", user)), headers, '{"code":"' .. code .. '"}')
end
