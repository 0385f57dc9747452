/// The scripts that let shells complete `vmfa`, as the argument parser makes them, but for the names of accounts in bash.
///
/// The parser's script gives what a custom completion prints to `compgen -W`, which expands its words as the shell does:
/// `$(…)` in a name is run. Names may come from anybody's QR code, so here they are compared and quoted as text.
enum CompletionScript {
  /// The script with names offered as text; any other text as it is.
  static func offeringNamesAsText(_ script: String) -> String {
    guard script.hasPrefix("#!/bin/bash\n") else { return script }
    return
      script
      .replacing(
        #"__vmfa_add_completions -W "$(__vmfa_custom_complete"#, with: #"__vmfa_offer_names "$(__vmfa_custom_complete"#
      )
      .replacing("complete -o filenames -F _vmfa vmfa", with: bashFunctions)
  }

  /// Works with the words as the shell divides them: bash's own list is divided at colons as well, which names have.
  private static let bashFunctions = #"""
    # Divides the line up to the cursor into words, without expanding anything.
    #
    # modified variables:
    #
    # - words: the words as they were typed
    # - typed: the last word without its quoting
    # - open_quote: the quote that is open at the end, ' or " or empty
    __vmfa_divide() {
        local -r line="${1}"
        local char word='' is_word=false
        local -i index
        words=()
        typed=''
        open_quote=''
        for ((index = 0; index < ${#line}; index++)); do
            char="${line:index:1}"
            if [[ "${open_quote}" = "'" && "${char}" != "'" ]]; then
                typed+="${char}"
            elif [[ "${char}" = '\' ]]; then
                word+="${char}"
                ((index++))
                char="${line:index:1}"
                [[ "${open_quote}" != '"' || "${char}" = [\"\\\$\`] ]] || typed+='\'
                typed+="${char}"
            elif [[ -n "${open_quote}" && "${char}" = "${open_quote}" ]]; then
                open_quote=''
            elif [[ -z "${open_quote}" && "${char}" = [\"\'] ]]; then
                open_quote="${char}"
            elif [[ -z "${open_quote}" && "${char}" = [[:space:]] ]]; then
                if "${is_word}"; then words+=("${word}"); fi
                word=''
                typed=''
                is_word=false
                continue
            else
                typed+="${char}"
            fi
            word+="${char}"
            is_word=true
        done
        words+=("${word}")
    }

    # Sets quoted to text as it is written where a quote is open, or none.
    __vmfa_quote() {
        local -r text="${1}" open_quote="${2}"
        local char
        local -i index
        quoted=''
        for ((index = 0; index < ${#text}; index++)); do
            char="${text:index:1}"
            case "${open_quote}" in
            "'") if [[ "${char}" = "'" ]]; then char="'\''"; fi ;;
            '"')
                case "${char}" in
                [\"\\\$\`]) char="\\${char}" ;;
                '!') char="\"'!'\"" ;;
                esac
                ;;
            *) if [[ "${char}" = [][\ \!\"\$\&\'\(\)\*\;\<\>\?\\\^\`\{\|\}\~#] ]]; then char="\\${char}"; fi ;;
            esac
            quoted+="${char}"
        done
        # Bash closes the quote, unless the last character is one already: then it is closed before.
        if [[ -n "${open_quote}" && "${text}" = *"${open_quote}" ]]; then
            case "${open_quote}" in
            "'") quoted="${quoted%\'}" ;;
            '"') quoted="${quoted%\\\"}\"\\\"" ;;
            esac
        fi
    }

    # Offers those of the names, one a line, that begin with what was typed.
    __vmfa_offer_names() {
        local IFS=$' \t\n' name typed open_quote quoted
        local -a words
        compopt +o filenames 2> /dev/null

        # Bash replaces ${cur} alone: what the line has after the last break or open quote.
        __vmfa_divide "${COMP_LINE:0:COMP_POINT}"
        local -r wanted="${typed}" last="${words[${#words[@]} - 1]}"
        __vmfa_divide "${last%"${cur}"}"
        local -r kept="${typed}" quote="${open_quote}"

        local terminator=''
        if [[ " ${COMP_WORDS[*]::COMP_CWORD} " != *' -- '* ]]; then terminator='-- '; fi
        while IFS='' read -r name; do
            [[ -n "${name}" && "${name:0:${#wanted}}" = "${wanted}" ]] || continue
            __vmfa_quote "${name:${#kept}}" "${quote}"
            # A name that looks like an option comes after the end of the options.
            if [[ "${name}" = -* && -n "${terminator}" ]]; then
                [[ -z "${last}" ]] || continue
                quoted="${terminator}${quoted}"
            fi
            COMPREPLY+=("${quoted}")
        done <<< "${1}"
    }

    __vmfa() {
        local -a words
        local typed open_quote
        __vmfa_divide "${COMP_LINE:0:COMP_POINT}"
        local -a COMP_WORDS=("${words[@]}")
        local -i COMP_CWORD="$((${#words[@]} - 1))"
        _vmfa "${1}" "${2}" "${COMP_WORDS[COMP_CWORD - 1]}"
    }

    complete -o filenames -F __vmfa vmfa
    """#
}
