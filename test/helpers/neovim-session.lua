-- Drives the language server with Neovim's own client (0.7 and newer) and writes what it showed, as JSON.
-- Arguments in the environment: LBPOLICY_SETUP (a script, as a user would have it), LBPOLICY_FILE, LBPOLICY_RESULT.
local result = {}

local function finish()
  local file = assert(io.open(vim.env.LBPOLICY_RESULT, "w"))
  file:write(vim.fn.json_encode(result))
  file:close()
  vim.cmd("qall!")
end

local function main()
  dofile(vim.env.LBPOLICY_SETUP)
  vim.cmd("edit " .. vim.fn.fnameescape(vim.env.LBPOLICY_FILE))
  local buffer = vim.api.nvim_get_current_buf()
  result.filetype = vim.bo[buffer].filetype
  local client
  assert(vim.wait(10000, function()
    _, client = next(vim.lsp.buf_get_clients(buffer))
    return client ~= nil
  end, 10), "no client was attached")
  result.root = client.config.root_dir
  assert(vim.wait(10000, function() return #vim.diagnostic.get(buffer) > 0 end, 10), "no diagnostics came")
  result.diagnostics = vim.tbl_map(function(each)
    return { line = each.lnum, column = each.col, message = each.message, severity = each.severity, code = each.code }
  end, vim.diagnostic.get(buffer))
  result.encoding = client.offset_encoding

  local function ask(method, line, column, more)
    vim.api.nvim_win_set_cursor(0, { line, column })
    local params = vim.tbl_extend("force", vim.lsp.util.make_position_params(0, client.offset_encoding), more or {})
    local answer = assert(client.request_sync(method, params, 10000, buffer))
    assert(answer.err == nil, vim.inspect(answer.err))
    return answer.result
  end

  -- the misspelt name is put right by the buffer's own edit
  local text = vim.api.nvim_buf_get_lines(buffer, 1, 2, false)[1]
  vim.api.nvim_buf_set_lines(buffer, 1, 2, false, { (text:gsub("fare", "fair")) })
  assert(vim.wait(10000, function()
    return #vim.tbl_filter(function(each) return each.severity == vim.diagnostic.severity.ERROR end, vim.diagnostic.get(buffer)) == 0
  end, 10), "the error did not go")

  result.hover = ask("textDocument/hover", 1, 10).contents.value
  local items = ask("textDocument/completion", 2, 10)
  result.completion = vim.tbl_map(function(item) return item.label end, items.items or items)

  local edit = ask("textDocument/rename", 2, 11, { newName = "evenly" })
  vim.lsp.util.apply_workspace_edit(edit, client.offset_encoding)
  result.renamed = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)

  local edits = assert(client.request_sync("textDocument/formatting", vim.lsp.util.make_formatting_params(), 10000, buffer)).result
  vim.lsp.util.apply_text_edits(edits, buffer, client.offset_encoding)
  result.formatted = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)

  client.stop()
  assert(vim.wait(10000, function() return client.is_stopped() end, 10), "the server did not stop")
end

local ok, problem = xpcall(main, debug.traceback)
if not ok then result.problem = problem end
finish()
